#include "plugin/plugin.h"

#include <gmock/gmock.h>

#include "plugin/recorded_services.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::filesystem::path plugin_path(std::string_view name) {
  return std::filesystem::path(WEIR_TEST_PLUGINS) / ("lib" + std::string(name) + ".so");
}

std::shared_ptr<const Plugin> load(std::string_view name) {
  auto plugin = Plugin::load(plugin_path(name));
  EXPECT_TRUE(plugin) << plugin.error().text();
  return *plugin;
}

std::vector<ParameterValue> defaults_of(const JobDescription& job) {
  std::vector<ParameterValue> values;
  for (const Parameter& parameter : job.parameters)
    values.push_back(parameter.default_value);
  return values;
}

std::vector<std::string> uids_of(const JobDescription& job) {
  std::vector<std::string> uids;
  for (const OperatorDescription& each : job.operators)
    uids.push_back(each.uid);
  return uids;
}

TEST(Manifest, TellsJobsWithoutLoadingTheLibrary) {
  const auto plugin = read_manifest(plugin_path("minimal"));

  ASSERT_TRUE(plugin) << plugin.error().text();
  EXPECT_EQ(plugin->name, "minimal");
  EXPECT_EQ(plugin->version, "1.0.0");
  const JobDescription* words = plugin->find_job("words");
  ASSERT_NE(words, nullptr);
  EXPECT_THAT(uids_of(*words), ElementsAre("lines", "split", "word", "counts", "totals"));
  EXPECT_EQ(words->find("counts")->window->size, 10'000);
  EXPECT_EQ(words->find("lines")->event_time->out_of_order, 1'000);
  EXPECT_EQ(words->find("word")->key->fields[0].name, "word");
}

TEST(Plugin, OffersWhatItsManifestTells) {
  const auto plugin = load("minimal");

  EXPECT_EQ(plugin->description().jobs.size(), 2u);
  EXPECT_EQ(plugin->description().source_connectors[0].name, "counting");
  EXPECT_EQ(plugin->description().sink_connectors[0].delivery, WEIR_AT_LEAST_ONCE);
}

TEST(Plugin, InstanceHasFunctionsForEachOperator) {
  const auto plugin = load("minimal");
  const JobDescription& job = *plugin->description().find_job("words");

  auto instance =
      plugin->create_instance(0, defaults_of(job), std::make_shared<RecordedServices>());

  ASSERT_TRUE(instance) << instance.error().text();
  EXPECT_EQ((*instance)->functions(0), nullptr);
  EXPECT_NE((*instance)->functions(1)->map, nullptr);
  EXPECT_NE((*instance)->functions(2)->key, nullptr);
  EXPECT_NE((*instance)->functions(3)->add, nullptr);
  EXPECT_NE((*instance)->functions(3)->fire, nullptr);
}

TEST(Plugin, InstanceRefusesValuesOfAnotherType) {
  const auto plugin = load("minimal");

  const auto instance = plugin->create_instance(
      0, std::vector<ParameterValue>{true}, std::make_shared<RecordedServices>());

  ASSERT_FALSE(instance);
  EXPECT_THAT(instance.error().text(), HasSubstr("the value of parameter longest is not a i64"));
}

TEST(Plugin, InstanceOutlivesTheHandleToItsPlugin) {
  auto plugin = load("minimal");
  const auto values = defaults_of(plugin->description().jobs[0]);
  auto instance = plugin->create_instance(0, values, std::make_shared<RecordedServices>());

  plugin.reset();

  EXPECT_TRUE((*instance)->set_parameters(values));
}

}  // namespace
}  // namespace weir
