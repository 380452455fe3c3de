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

TEST(Flow, RefusesAGraphThatDependsOnAParameter) {
  weir::detail::Job job("job", [](weir::Flow& flow) {
    const auto is_strict = flow.param("strict", false, "");
    auto lines = kLines(flow);
    if (is_strict) lines = lines.filter("more", [](const Line&) { return true; });
    lines.sink("out");
  });
  weir_value value{};
  value.type = WEIR_BOOL;
  value.integer = 1;
  weir_instance* instance = nullptr;
  weir_error error{};

  EXPECT_EQ(job.table()->create(job.table(), nullptr, &value, &instance, &error), WEIR_FAILED);

  EXPECT_EQ(std::string(error.message, error.message_size),
            "the graph of job job depends on a parameter; it must not");
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

TEST(PluginBuilder, RefusesToOpenAgainAfterItThrew) {
  Throwing plugin("throwing", "1.0.0");
  weir_error error{};

  EXPECT_EQ(plugin.open(&error), nullptr);
  EXPECT_EQ(std::string(error.message, error.message_size), "no luck");
  EXPECT_EQ(plugin.open(&error), nullptr);
}

}  // namespace
