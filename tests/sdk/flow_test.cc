// Mistakes that only show when a job's function runs: found when the plugin is built.

#include <gmock/gmock.h>
#include <weir/testing.h>

namespace {

struct Line {
  weir::Time at;
  weir::Text text;
};
WEIR_RECORD(Line, at, text)

struct Count {
  std::int64_t lines = 0;
};
WEIR_STATE(Count, 1, lines)

const auto kLines = [](const weir::Flow& flow) {
  return flow.source<Line>("lines").event_time(&Line::at, weir::in_order());
};
const auto kEmit = [](const auto& key, weir::Window, const Count&, weir::Out<Line> out) {
  out({{}, std::get<0>(key)});
};

const auto kFirst = [](const auto&, weir::Window, weir::Rows<Line> rows, weir::Out<Line> out) {
  out(rows[0]);
};

std::string mistake_of(weir::detail::JobFunction function) {
  return weir::detail::Job("job", std::move(function)).mistake();
}

TEST(Flow, FindsTwoOperatorsOfOneName) {
  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              kLines(flow).filter("same", [](const Line&) { return true; }).sink("same");
            }),
            "two operators are called same");
}

TEST(Flow, FindsTwoParametersOfOneName) {
  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              flow.param("limit", 1, "");
              flow.param("limit", 2, "");
              kLines(flow).sink("out");
            }),
            "two parameters are called limit");
}

TEST(Flow, FindsAStreamThatGoesNowhere) {
  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              kLines(flow).filter("kept", [](const Line&) { return true; });
            }),
            "the rows of kept go nowhere: end the stream in .sink(\"name\")");
}

TEST(Flow, FindsAJobWithoutOperators) {
  EXPECT_EQ(mistake_of([](weir::Flow&) {}),
            "has no operators: start it with flow.source<Record>(\"name\")");
}

TEST(Flow, WantsAMergeForSlidingWindows) {
  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              kLines(flow)
                  .key_by("text", &Line::text)
                  .window("often", weir::sliding(10s, 5s))
                  .aggregate<Count>([](Count& count, const Line&) { ++count.lines; }, kEmit)
                  .sink("out");
            }),
            "window often is sliding, so aggregate needs a merge function between add and emit: "
            "merge(State& into, const State& from)");
}

struct Wrong {
  const char* mistake;
  weir::detail::JobFunction function;
};

TEST(Flow, FindsWhatTheHostWouldRefuse) {
  const auto windowed = [](weir::Windows windows) {
    return [windows](weir::Flow& flow) {
      kLines(flow).key_by("text", &Line::text).window("w", windows).rows(kFirst).sink("out");
    };
  };
  const Wrong cases[] = {
      {"window w: its size must be above 0", windowed(weir::tumbling(0s))},
      {"window w: its size is more than 100 years", windowed(weir::tumbling(1'000'000h))},
      {"window w: it slides by more than its size, so that some rows would be in no window",
       windowed(weir::sliding(15s, 30s))},
      {"window w: what it slides by must be above 0", windowed(weir::sliding(15s, 0s))},
      {"window w: a row would be in more than 1000000 windows",
       windowed(weir::sliding(1'000h, 1ms))},
      {"window w: its offset must be 0 or more, and less than what it slides by",
       windowed(weir::tumbling(10s).offset(10s))},
      {"window w: the allowed lateness must not be negative",
       windowed(weir::tumbling(10s).allowed_lateness(-1s))},
      {"event_time of lines: out_of_order must not be negative",
       [](weir::Flow& flow) {
         flow.source<Line>("lines").event_time(&Line::at, weir::out_of_order(-1s)).sink("out");
       }},
      {"uid \"Known Page\": a name is made of a-z, 0-9, _, - and ., at most 128 of them",
       [](weir::Flow& flow) { kLines(flow).sink("Known Page"); }},
      {"parameter \"\": a name is made of a-z, 0-9, _, - and ., at most 128 of them",
       [](weir::Flow& flow) {
         flow.param("", 1, "");
         kLines(flow).sink("out");
       }},
      {"parameter ratio: the default is not a finite number",
       [](weir::Flow& flow) {
         flow.param("ratio", std::numeric_limits<double>::infinity(), "");
         kLines(flow).sink("out");
       }},
      {"a pool has no name",
       [](weir::Flow& flow) {
         flow.pool("");
         kLines(flow).sink("out");
       }},
  };
  for (const Wrong& each : cases)
    EXPECT_EQ(mistake_of(each.function), each.mistake);
}

TEST(Flow, FindsAGraphThatDependsOnAParameter) {
  const std::string mistake =
      "parameter window is read where the graph is made, which cannot depend on it: capture the "
      "handle in a function and read it there";

  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              const auto size = flow.param("window", 30s, "");
              kLines(flow)
                  .key_by("text", &Line::text)
                  .window("w", weir::tumbling(size))
                  .rows(kFirst)
                  .sink("out");
            }),
            mistake);
  EXPECT_EQ(mistake_of([](weir::Flow& flow) {
              const bool is_kept = flow.param("window", true, "");
              kLines(flow).filter("kept", [is_kept](const Line&) { return is_kept; }).sink("out");
            }),
            mistake);
}

// Makes an instance of a job and returns what is wrong with it.
std::string trouble_with(weir::detail::JobFunction function) {
  weir::detail::Job job("job", std::move(function));
  EXPECT_EQ(job.mistake(), "");
  std::vector<weir_value> values;
  for (std::uint32_t i = 0; i < job.table()->parameter_count; ++i)
    values.push_back(job.table()->parameters[i]->default_value);
  weir_instance* instance = nullptr;
  weir_error error{};
  if (job.table()->create(job.table(), nullptr, values.data(), &instance, &error) == WEIR_OK) {
    instance->destroy(instance->self);
    return "";
  }
  return {error.message, error.message_size};
}

TEST(Flow, RefusesToMakeAnotherGraphThanWasDescribed) {
  const std::string place =
      "the function of job job made another graph than when it was described, which must not be: ";
  const auto grows = [](auto describe) {
    return [describe, run = std::make_shared<int>(0)](weir::Flow& flow) { describe(flow, ++*run); };
  };

  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int) { kLines(flow).sink("out"); })), "");
  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int run) {
              auto lines = kLines(flow);
              if (run > 1) lines = lines.filter("more", [](const Line&) { return true; });
              lines.sink("out");
            })),
            place + "the number of operators");
  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int run) {
              kLines(flow)
                  .key_by("text", &Line::text)
                  .window("w", weir::tumbling(run * 10s))
                  .rows(kFirst)
                  .sink("out");
            })),
            place + "operator w");
  EXPECT_EQ(
      trouble_with(grows([](weir::Flow& flow, int run) {
        flow.source<Line>("lines").event_time(&Line::at, weir::out_of_order(run * 1s)).sink("out");
      })),
      place + "operator lines");
  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int run) {
              const auto lines = kLines(flow);
              const auto kept = lines.filter("kept", [](const Line&) { return true; });
              (run == 1 ? lines : kept).sink("one");
              (run == 1 ? kept : lines).sink("two");
            })),
            place + "operator one");
  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int run) {
              flow.param(run == 1 ? "first" : "second", 1, "");
              kLines(flow).sink("out");
            })),
            place + "the parameters");
  EXPECT_EQ(trouble_with(grows([](weir::Flow& flow, int run) {
              flow.pool(run == 1 ? "first" : "second");
              kLines(flow).sink("out");
            })),
            place + "the pools");
}

TEST(Flow, NamesTheFieldsOfAKeyAfterTheRecord) {
  weir::detail::Job job("job", [](weir::Flow& flow) {
    kLines(flow)
        .key_by("key", &Line::text, &Line::at)
        .window("window", weir::tumbling(1s))
        .rows([](const auto&, weir::Window, weir::Rows<Line> rows, weir::Out<Line> out) {
          out(rows[0]);
        })
        .sink("out");
  });
  const weir_key& key = *job.table()->operators[1]->key;

  ASSERT_EQ(key.field_count, 2u);
  EXPECT_EQ(std::string_view(key.names[0].data, key.names[0].size), "text");
  EXPECT_EQ(std::string_view(key.names[1].data, key.names[1].size), "at");
  EXPECT_EQ(key.types[0], WEIR_TEXT);
  EXPECT_EQ(key.types[1], WEIR_TIME);
}

class Broken final : public weir::detail::PluginBuilder {
 public:
  using PluginBuilder::PluginBuilder;
  void define() override {
    job("one", [](weir::Flow& flow) { kLines(flow).sink("out"); });
    job("one", [](weir::Flow& flow) { kLines(flow).sink("out"); });
  }
};

class Throwing final : public weir::detail::PluginBuilder {
 public:
  using PluginBuilder::PluginBuilder;
  void define() override { throw std::runtime_error("no luck"); }
};

TEST(PluginBuilder, FindsTwoJobsOfOneName) {
  Broken plugin("broken", "1.0.0");
  weir_error error{};

  EXPECT_EQ(plugin.open(&error), nullptr);
  EXPECT_EQ(std::string(error.message, error.message_size), "two jobs are called one");
}

class Named final : public weir::detail::PluginBuilder {
 public:
  Named(std::string_view name, std::string_view version, std::string_view its_job = "one")
      : PluginBuilder(name, version), job_(its_job) {}

 private:
  void define() override {
    job(job_, [](weir::Flow& flow) { kLines(flow).sink("out"); });
  }
  std::string job_;
};

std::string mistake_of_plugin(Named plugin) {
  weir_error error{};
  if (plugin.open(&error) != nullptr) return "";
  return {error.message, error.message_size};
}

TEST(PluginBuilder, FindsNamesThatTheHostWouldRefuse) {
  EXPECT_EQ(mistake_of_plugin({"my-plugin", "1.0.0"}), "");
  EXPECT_EQ(mistake_of_plugin({"my-plugin", "1.0.0-rc.1+Build.7"}), "");
  EXPECT_EQ(mistake_of_plugin({"My Plugin", "1.0.0"}),
            "plugin \"My Plugin\": its name is made of a-z, 0-9 and -");
  EXPECT_EQ(mistake_of_plugin({"my_plugin", "1.0.0"}),
            "plugin \"my_plugin\": its name is made of a-z, 0-9 and -");
  for (const std::string version : {"1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0-", "1..0"}) {
    EXPECT_EQ(mistake_of_plugin({"my-plugin", version}),
              "version \"" + version + "\" is not like 1.4.0");
  }
  EXPECT_EQ(mistake_of_plugin({"my-plugin", "1.0.0", "Enter"}),
            "job \"Enter\": a name is made of a-z, 0-9, _, - and ., at most 128 of them");
}

TEST(PluginBuilder, RefusesToOpenAgainAfterItThrew) {
  Throwing plugin("throwing", "1.0.0");
  weir_error error{};

  EXPECT_EQ(plugin.open(&error), nullptr);
  EXPECT_EQ(std::string(error.message, error.message_size), "no luck");
  EXPECT_EQ(plugin.open(&error), nullptr);
}

}  // namespace
