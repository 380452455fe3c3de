#include "plugin/manifest.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>

#include "plugin/difference.h"
#include "plugin/elf.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

// The manifest of the plugin for tests, as it stands in the file.
std::string minimal_manifest() {
  std::ifstream file(std::filesystem::path(WEIR_TEST_PLUGINS) / "libminimal.so", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto section = find_elf_section(bytes, ".weir.manifest");
  EXPECT_TRUE(section) << section.error().text();
  return std::string(section->substr(8));
}

std::string replaced(std::string text, const std::string& before, const std::string& after) {
  const auto at = text.find(before);
  EXPECT_NE(at, text.npos) << before;
  return text.replace(at, before.size(), after);
}

TEST(ManifestReader, SaysWhereTheManifestIsWrong) {
  struct Case {
    std::string before;
    std::string after;
    std::string message;
  };
  const Case cases[] = {
      {R"("name":"minimal",)", "", "manifest: it has no name"},
      {R"("name":"minimal")", R"("name":7)", "manifest: name is not a text"},
      {R"("abi":[1,0])", R"("abi":[1])", "manifest: abi is not a pair"},
      {R"("abi":[1,0])", R"("abi":[1,-1])", "manifest: abi[1] is not an integer that fits"},
      {R"("size":24)",
       R"("size":4294967296)",
       "manifest: records[0].size is not an integer that fits"},
      {R"("type":"time")", R"("type":"hour")", "manifest: records[0].fields[0].type is not a type"},
      {R"("type":"time")", R"("type":"")", "manifest: records[0].fields[0].type is not a type"},
      {R"("presence":null)",
       R"("presence":"no")",
       "manifest: records[0].fields[0].presence is not an integer that fits"},
      {R"("kind":"source")",
       R"("kind":"well")",
       "manifest: jobs[0].operators[0].kind is not a kind of operator"},
      {R"("output":0)",
       R"("output":99)",
       "manifest: jobs[0].operators[0].output is not a record that stands before"},
      {R"("kind":"tumbling")",
       R"("kind":"session")",
       "manifest: jobs[0].operators[3].window.kind is not a kind of window"},
      {R"("initial":"00)",
       R"("initial":"0g)",
       "manifest: jobs[0].operators[3].state.initial is not hexadecimal"},
      {R"("default":100)",
       R"("default":"100")",
       "manifest: jobs[0].parameters[0].default is not an integer that fits"},
      {R"("own_threads":false)",
       R"("own_threads":0)",
       "manifest: source_connectors[0].own_threads is not true or false"},
      {R"({"abi")", R"({"abi)", "manifest: not JSON: "},
  };
  for (const Case& each : cases) {
    const auto plugin = parse_manifest(replaced(minimal_manifest(), each.before, each.after));
    if (plugin) {
      ADD_FAILURE() << "not refused: " << each.message;
    } else {
      EXPECT_THAT(plugin.error().message(), ::testing::StartsWith(each.message));
    }
  }
}

TEST(ManifestReader, LetsMembersOfLaterVersionsPass) {
  const auto plugin =
      parse_manifest(replaced(minimal_manifest(), R"("jobs":)", R"("colour":"red","jobs":)"));

  EXPECT_TRUE(plugin) << plugin.error().text();
}

TEST(ManifestReader, SurvivesRandomChanges) {
  std::mt19937_64 random(tests::test_seed());
  const std::string manifest = minimal_manifest();
  for (int round = 0; round < 2'000; ++round) {
    std::string changed = manifest;
    for (auto changes = random() % 4 + 1; changes > 0; --changes) {
      const auto at = random() % changed.size();
      if (random() % 3 == 0)
        changed.erase(at, random() % 30);
      else
        changed[at] = manifest[random() % manifest.size()];
    }
    const auto plugin = parse_manifest(changed);
    if (!plugin) {
      EXPECT_FALSE(plugin.error().message().empty());
    }
  }
}

TEST(Difference, NamesTheFirstThingThatDiffers) {
  const std::string manifest = minimal_manifest();
  const auto one = parse_manifest(manifest);
  struct Case {
    std::string before;
    std::string after;
    std::string difference;
  };
  const Case cases[] = {
      {R"("version":"1.0.0")",
       R"("version":"1.0.1")",
       "version is 1.0.0 in the manifest, 1.0.1 in the library"},
      {R"("default":100)",
       R"("default":101)",
       "job words: parameter longest: default is 100 in the manifest, 101 in the library"},
      {R"("size":10000)",
       R"("size":20000)",
       "job words: operator counts: window is size 10000, slide 10000, offset 0, allowed lateness "
       "0 in the manifest, size 20000, slide 10000, offset 0, allowed lateness 0 in the library"},
      {R"("uid":"totals")",
       R"("uid":"sums")",
       "the manifest has job words: operator totals: kind, the library job words: operator sums: "
       "kind"},
      {R"(["Happy",1])",
       R"(["Happy",7])",
       "job kinds: operator left: record Event: field mood: enumerator is Happy = 1 in the "
       "manifest, Happy = 7 in the library"},
      {R"("pools":["banned"])",
       R"("pools":[])",
       "the manifest has job kinds: pool, the library job kinds: operator left: kind"},
  };
  for (const Case& each : cases) {
    const auto other = parse_manifest(replaced(manifest, each.before, each.after));
    ASSERT_TRUE(other) << other.error().text();
    EXPECT_EQ(first_difference(*one, *other), each.difference);
  }
  EXPECT_EQ(first_difference(*one, *one), std::nullopt);
}

}  // namespace
}  // namespace weir
