// Plugins of other compilers, languages and older headers give the same rows in this host.

#include <gmock/gmock.h>
#include <weir/cpp/test_run.h>

#include "plugin/plugin.h"

namespace weir {
namespace {

std::shared_ptr<const Plugin> load(const std::string& name) {
  auto plugin = Plugin::load(std::filesystem::path(WEIR_TEST_PLUGINS) / ("lib" + name + ".so"));
  EXPECT_TRUE(plugin) << plugin.error().text();
  return *plugin;
}

struct Destroy {
  void operator()(weir_instance* instance) const { instance->destroy(instance->self); }
};

// The first job of a plugin, run through its tables only. Rows begin with their time and a text.
class FirstJob final {
 public:
  struct Line {
    std::int64_t at;
    weir_text text;
  };

  explicit FirstJob(const Plugin& plugin) : job_(*plugin.table().jobs[0]) {
    std::vector<weir_value> values;
    for (std::uint32_t i = 0; i < job_.parameter_count; ++i) {
      values.push_back(job_.parameters[i]->default_value);
    }
    weir_instance* made = nullptr;
    weir_error error{};
    error.struct_size = sizeof(error);
    EXPECT_EQ(job_.create(&job_, host_.table(), values.data(), &made, &error), WEIR_OK);
    instance_.reset(made);
    run_ = std::make_unique<detail::TestRun>(job_, *made);
  }

  void feed(std::int64_t at, std::string_view text) {
    lines_.push_back({at, {text.data(), text.size()}});
    run_->pass_on(0, {&lines_.back(), at, {}});
    run_->advance(0, 0, at - job_.operators[0]->event_time->out_of_order - 1);
  }

  detail::TestRun& end() {
    run_->advance(0, 0, INT64_MAX);
    return *run_;
  }

 private:
  const weir_job& job_;
  detail::TestHost host_;
  std::unique_ptr<weir_instance, Destroy> instance_;
  std::deque<Line> lines_;
  std::unique_ptr<detail::TestRun> run_;
};

class CppPlugin : public ::testing::TestWithParam<const char*> {};
class PlainPlugin : public ::testing::TestWithParam<const char*> {};

std::string name_of_case(const ::testing::TestParamInfo<const char*>& info) {
  std::string name;
  for (const char character : std::string(info.param)) {
    if (std::isalnum(static_cast<unsigned char>(character)) != 0) name += character;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Built,
    CppPlugin,
    ::testing::Values("minimal", "minimal-gcc", "minimal-clang", "minimal-v1.0", "minimal-v1.1"),
    name_of_case);
INSTANTIATE_TEST_SUITE_P(Built,
                         PlainPlugin,
                         ::testing::Values("plain-c", "plain-c-v1.0", "plain-c-v1.1"),
                         name_of_case);

TEST_P(CppPlugin, CountsWordsByWindow) {
  struct WordCount {
    weir_text word;
    std::int64_t window_start;
    std::int64_t count;
  };
  const auto plugin = load(GetParam());
  FirstJob run(*plugin);

  run.feed(1'000, "to be or not to be");
  run.feed(12'000, "be");

  std::map<std::pair<std::int64_t, std::string>, std::int64_t> counts;
  detail::TestRun& ended = run.end();
  for (const auto& row : ended.at(ended.find("totals")).done) {
    const auto& count = *static_cast<const WordCount*>(row.data);
    counts[{count.window_start, {count.word.data, count.word.size}}] += count.count;
  }
  const std::map<std::pair<std::int64_t, std::string>, std::int64_t> expected{
      {{0, "be"}, 2}, {{0, "not"}, 1}, {{0, "or"}, 1}, {{0, "to"}, 2}, {{10'000, "be"}, 1}};
  EXPECT_EQ(counts, expected);
}

void expect_instance_of(const std::string& name) {
  const auto plugin = load(name);
  std::vector<ParameterValue> values;
  for (const Parameter& parameter : plugin->description().jobs[0].parameters)
    values.push_back(parameter.default_value);

  const auto instance = plugin->create_instance(0, values, nullptr);

  ASSERT_TRUE(instance) << instance.error().text();
  EXPECT_TRUE((*instance)->set_parameters(values));
}

TEST_P(CppPlugin, MakesAnInstance) {
  expect_instance_of(GetParam());
}

TEST_P(PlainPlugin, MakesAnInstance) {
  expect_instance_of(GetParam());
}

TEST_P(PlainPlugin, CountsLongWordsAndRefusesEmptyOnes) {
  struct Count {
    weir_text text;
    std::int64_t count;
  };
  const auto plugin = load(GetParam());
  FirstJob run(*plugin);

  for (const char* word : {"weir", "a", "Weir", "", "dam"})
    run.feed(1'000, word);

  std::map<std::string, std::int64_t> counts;
  detail::TestRun& ended = run.end();
  for (const auto& row : ended.at(ended.find("results")).done) {
    const auto& count = *static_cast<const Count*>(row.data);
    counts[{count.text.data, count.text.size}] += count.count;
  }
  const std::map<std::string, std::int64_t> expected{{"DAM", 1}, {"WEIR", 2}};
  EXPECT_EQ(counts, expected);
  EXPECT_EQ(ended.at(ended.find("long")).filtered.size(), 1u);
  ASSERT_EQ(ended.rejected.size(), 1u);
  EXPECT_EQ(ended.rejected[0].message, "a word without letters");
}

}  // namespace
}  // namespace weir
