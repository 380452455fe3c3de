// What becomes of a job that is moved from any of the versions here to any other.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/format.h"
#include "job/swap_decision.h"
#include "plugin/plugin.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

// Versions whose state is the same, by the first of them.
using Families = std::map<std::string, std::vector<std::string>>;
// By family, before and after.
using Decisions = std::map<std::pair<std::string, std::string>, std::string>;

class Versions final {
 public:
  Versions(std::string plugin, std::string job) : plugin_(std::move(plugin)), job_(std::move(job)) {
    const fs::path folder = WEIR_TEST_VERSIONS;
    const std::string file = "lib" + plugin_ + ".so";
    add(fs::path(WEIR_PLUGINS) / file);
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename().string().starts_with(plugin_ + "-")) add(entry.path() / file);
    }
  }

  std::vector<std::string> numbers() const {
    std::vector<std::string> list;
    for (const auto& [number, version] : versions_)
      list.push_back(number);
    return list;
  }

  // "swap", "restart: REASON", or the sentence it is refused with.
  std::string decide(const std::string& before, const std::string& after) const {
    const auto decision = decide_swap(side(before), side(after));
    if (!decision) return decision.error().message();
    std::string text(name_of(decision->kind));
    return decision->reason.empty() ? text : text + ": " + decision->reason;
  }

 private:
  struct Version {
    PluginDescription description;
    JobSpec spec;
  };

  void add(const fs::path& file) {
    const auto plugin = read_manifest(file);
    ASSERT_TRUE(plugin) << plugin.error().text();
    Version version{*plugin, {}};
    version.spec.name = job_;
    version.spec.plugin = plugin_;
    version.spec.type = job_;
    version.spec.plugin_path = file;
    versions_.emplace(plugin->version, std::move(version));
  }

  SwapSide side(const std::string& number) const {
    const Version& version = versions_.at(number);
    return {version.spec, *version.description.find_job(job_), number, number};
  }

  std::string plugin_;
  std::string job_;
  std::map<std::string, Version> versions_;
};

void expect_decisions(const Versions& versions,
                      const Families& families,
                      const Decisions& decisions) {
  std::map<std::string, std::string> family_of;
  for (const auto& [family, members] : families) {
    for (const std::string& member : members)
      family_of[member] = family;
  }
  ASSERT_EQ(family_of.size(), versions.numbers().size());
  for (const std::string& before : versions.numbers()) {
    for (const std::string& after : versions.numbers()) {
      if (before == after) continue;
      const auto pair = std::pair(family_of.at(before), family_of.at(after));
      EXPECT_EQ(versions.decide(before, after), decisions.at(pair)) << before << " to " << after;
    }
  }
}

std::string recut(std::string_view from, std::string_view to) {
  return format(
      "its state is of windows of {} ms every {} ms from 0 ms on, and open ones cannot be "
      "cut into {} ms every {} ms from 0 ms on",
      from,
      from,
      to,
      to);
}

TEST(VersionsOfClassroom, DecideWhatBecomesOfEnter) {
  const std::string wider = "operator attempts: " + recut("30000", "60000");
  const std::string narrower = "operator attempts: " + recut("60000", "30000");
  const std::string to_names =
      "operator attempts: field succeeded was u32, and record cannot be made of it";
  const std::string to_bits =
      "operator attempts: field succeeded was record, and u32 cannot be made of it";
  const std::string migrates =
      "restart: the state of operator attempts is converted (by the plugin's migration from "
      "version ";

  expect_decisions(
      Versions("classroom", "enter"),
      {{"1.0", {"1.0.0", "1.1.0", "1.4.0", "1.5.0", "1.6.0"}},
       {"1.2", {"1.2.0"}},
       {"1.3", {"1.3.0"}},
       {"2.0", {"2.0.0"}},
       {"2.0.1", {"2.0.1"}}},
      {{{"1.0", "1.0"}, "swap"},
       {{"1.0", "1.2"}, "restart: the state of operator attempts is converted (new: failures)"},
       {{"1.2", "1.0"}, "restart: the state of operator attempts is converted (gone: failures)"},
       {{"1.0", "1.3"}, wider},
       {{"1.2", "1.3"}, wider},
       {{"2.0", "1.3"}, wider},
       {{"2.0.1", "1.3"}, wider},
       {{"1.3", "1.0"}, narrower},
       {{"1.3", "1.2"}, narrower},
       {{"1.3", "2.0"}, narrower},
       {{"1.3", "2.0.1"}, narrower},
       {{"1.0", "2.0"}, to_names},
       {{"1.2", "2.0"}, to_names},
       {{"2.0", "1.0"}, to_bits},
       {{"2.0", "1.2"}, to_bits},
       {{"2.0.1", "1.0"}, to_bits},
       {{"2.0.1", "1.2"}, to_bits},
       {{"1.0", "2.0.1"}, migrates + "2)"},
       {{"1.2", "2.0.1"}, migrates + "3)"},
       {{"2.0", "2.0.1"}, "swap"},
       {{"2.0.1", "2.0"}, "swap"}});
}

TEST(VersionsOfClassroom, LeaveCoursewareAlone) {
  const Versions versions("classroom", "courseware");

  expect_decisions(versions, {{"all", versions.numbers()}}, {{{"all", "all"}, "swap"}});
}

TEST(VersionsOfVideo, DecideWhatBecomesOfConsumption) {
  const std::string wider = "operator per-minute: " + recut("60000", "120000");
  const std::string narrower = "operator per-minute: " + recut("120000", "60000");
  const std::string to_record =
      "operator per-minute: field views was i64, and record cannot be made of it";
  const std::string to_number =
      "operator per-minute: field views was record, and i64 cannot be made of it";
  const std::string migrates =
      "restart: the state of operator per-minute is converted (by the plugin's migration from "
      "version ";

  expect_decisions(
      Versions("video", "consumption"),
      {{"1.0", {"1.0.0", "1.1.0"}},
       {"1.2", {"1.2.0"}},
       {"1.3", {"1.3.0"}},
       {"2.0", {"2.0.0"}},
       {"2.0.1", {"2.0.1"}}},
      {{{"1.0", "1.0"}, "swap"},
       {{"1.0", "1.2"}, "restart: the state of operator per-minute is converted (new: finished)"},
       {{"1.2", "1.0"}, "restart: the state of operator per-minute is converted (gone: finished)"},
       {{"1.0", "1.3"}, wider},
       {{"1.2", "1.3"}, wider},
       {{"2.0", "1.3"}, wider},
       {{"2.0.1", "1.3"}, wider},
       {{"1.3", "1.0"}, narrower},
       {{"1.3", "1.2"}, narrower},
       {{"1.3", "2.0"}, narrower},
       {{"1.3", "2.0.1"}, narrower},
       {{"1.0", "2.0"}, to_record},
       {{"1.2", "2.0"}, to_record},
       {{"2.0", "1.0"}, to_number},
       {{"2.0", "1.2"}, to_number},
       {{"2.0.1", "1.0"}, to_number},
       {{"2.0.1", "1.2"}, to_number},
       {{"1.0", "2.0.1"}, migrates + "1)"},
       {{"1.2", "2.0.1"}, migrates + "2)"},
       {{"2.0", "2.0.1"}, "swap"},
       {{"2.0.1", "2.0"}, "swap"}});
}

}  // namespace
}  // namespace weir
