// Plugin files that are not what they say, made from a good one by changing its bytes.

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "plugin/plugin.h"

namespace weir {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class RefusedPlugin : public ::testing::Test {
 protected:
  RefusedPlugin() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-plugin-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RefusedPlugin() override { std::filesystem::remove_all(folder_); }

  static std::string good() {
    std::ifstream file(std::filesystem::path(WEIR_TEST_PLUGINS) / "libminimal.so",
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string refusal(const std::string& bytes) {
    const auto path = folder_ / "libchanged.so";
    std::ofstream(path, std::ios::binary) << bytes;
    const auto plugin = Plugin::load(path);
    if (plugin) return "not refused";
    EXPECT_THAT(plugin.error().text(), HasSubstr(path.string()));
    return plugin.error().text();
  }

  // Every occurrence; the length stays.
  static std::string replaced(std::string bytes, std::string_view before, std::string_view after) {
    EXPECT_EQ(before.size(), after.size());
    std::size_t count = 0;
    for (auto at = bytes.find(before); at != bytes.npos; at = bytes.find(before, at + 1)) {
      bytes.replace(at, before.size(), after);
      ++count;
    }
    EXPECT_GT(count, 0u) << before;
    return bytes;
  }

  std::filesystem::path folder_;
};

TEST_F(RefusedPlugin, IsNotThere) {
  const auto plugin = Plugin::load(folder_ / "libnothing.so");

  ASSERT_FALSE(plugin);
  EXPECT_THAT(plugin.error().text(), EndsWith("libnothing.so: No such file or directory"));
}

TEST_F(RefusedPlugin, IsNoLibrary) {
  EXPECT_THAT(refusal("#!/bin/sh\n"), EndsWith("not an ELF file"));
}

TEST_F(RefusedPlugin, IsCutOff) {
  EXPECT_THAT(refusal(good().substr(0, good().size() / 2)),
              EndsWith("the names of the sections are missing"));
}

TEST_F(RefusedPlugin, HasNoManifest) {
  EXPECT_THAT(refusal(replaced(good(), ".weir.manifest", ".weird.things.")),
              EndsWith("has no manifest: build it with weir_plugin() of the SDK's CMake package"));
}

TEST_F(RefusedPlugin, HasAManifestOfAnotherKind) {
  EXPECT_THAT(refusal(replaced(good(), "WEIRMAN1{", "WEIRMAN9{")),
              EndsWith("manifest: does not begin with WEIRMAN1"));
}

TEST_F(RefusedPlugin, HasAManifestThatIsNotItsOwn) {
  EXPECT_THAT(refusal(replaced(good(), R"("version":"1.0.0")", R"("version":"1.0.9")")),
              EndsWith("the manifest is not that of this library: version is 1.0.9 in the "
                       "manifest, 1.0.0 in the library"));
}

TEST_F(RefusedPlugin, IsForAnotherMajorOfTheAbi) {
  EXPECT_THAT(refusal(replaced(good(), R"("abi":[1,0])", R"("abi":[2,0])")),
              EndsWith("incompatible: " + (folder_ / "libchanged.so").string() +
                       ": built for ABI 2, this host has ABI 1.1: rebuild it with this host's "
                       "SDK"));
}

TEST_F(RefusedPlugin, NeedsANewerMinorOfTheAbi) {
  EXPECT_THAT(refusal(replaced(good(), R"("abi":[1,0])", R"("abi":[1,9])")),
              EndsWith("needs ABI 1.9, this host has 1.1: use a newer host"));
}

TEST_F(RefusedPlugin, NeedsANewerMinorBeforeAnythingElseIsFoundStrange) {
  const std::string newer = replaced(good(), R"("abi":[1,0])", R"("abi":[1,9])");

  EXPECT_THAT(refusal(replaced(newer, R"("kind":"filter")", R"("kind":"wonder")")),
              EndsWith("needs ABI 1.9, this host has 1.1: use a newer host"));
}

TEST_F(RefusedPlugin, DoesNotExportItsEntry) {
  EXPECT_THAT(refusal(replaced(good(), "weir_plugin_open_v1", "weir_plugin_open_v9")),
              EndsWith("does not export weir_plugin_open_v1"));
}

TEST_F(RefusedPlugin, NeedsALibraryThatIsNotThere) {
  EXPECT_THAT(refusal(replaced(good(), "libstdc++.so.6", "libstdxxx.so.6")),
              HasSubstr("libstdxxx.so.6"));
}

}  // namespace
}  // namespace weir
