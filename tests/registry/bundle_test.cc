#include "registry/bundle.h"

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>

#include "plugin/elf.h"
#include "plugin/manifest.h"
#include "plugin/plugin.h"
#include "registry/bound_libraries.h"
#include "registry/candidate.h"
#include "registry/gate.h"
#include "registry/version_store.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr WallTime kNow{std::chrono::milliseconds(1'700'000'000'000)};

class BundleTest : public ::testing::Test {
 protected:
  BundleTest() {
    std::string pattern = (fs::temp_directory_path() / "weir-bundle-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    auto host = read_host_side();
    EXPECT_TRUE(host) << host.error().text();
    host_ = *std::move(host);
  }
  ~BundleTest() override {
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_directory()) fs::permissions(entry, fs::perms::owner_all);
    }
    fs::remove_all(folder_);
  }

  // Where version 1 or 2 of the library and the plugin that was built with it lie.
  static fs::path built(int version) {
    return fs::path(WEIR_TEST_PLUGINS) / ("companion-" + std::to_string(version));
  }
  static fs::path plugin(int version) {
    return built(version) / ("libscaled-" + std::to_string(version) + ".so");
  }

  Result<std::vector<PackedLibrary>> pack(int version, const std::string& name) const {
    return pack_bundle({.plugin = plugin(version), .library_folders = {}, .bundle = folder_ / name},
                       host_,
                       SystemClock());
  }

  StoredVersion add(const Candidate& candidate) const {
    const auto description = read_manifest_in(candidate.library.bytes);
    EXPECT_TRUE(description) << description.error().text();
    auto added =
        VersionStore(folder_ / "store").add(candidate, *description, kNow, [](const fs::path&) {
          return Status(Done{});
        });
    EXPECT_TRUE(added) << added.error().text();
    return added->version;
  }

  StoredVersion add_packed(int version) const {
    const std::string name = "packed-" + std::to_string(version);
    const auto packed = pack(version, name);
    EXPECT_TRUE(packed) << packed.error().text();
    return add(*read_candidate(folder_ / name));
  }

  fs::path folder_;
  HostSide host_;
};

TEST_F(BundleTest, HoldsLibrariesUnderNamesOfTheirContent) {
  const auto first = pack(1, "first");
  const auto second = pack(2, "second");

  ASSERT_TRUE(first) << first.error().text();
  ASSERT_TRUE(second) << second.error().text();
  ASSERT_THAT(*first, SizeIs(1));
  EXPECT_EQ((*first)[0].needed, "libcompanion.so.1");
  EXPECT_THAT((*first)[0].name, MatchesRegex("libcompanion-[0-9a-f]+\\.so\\.1"));
  EXPECT_TRUE(is_packed_name((*first)[0].name));
  EXPECT_EQ((*second)[0].needed, "libcompanion.so.1");
  EXPECT_NE((*first)[0].name, (*second)[0].name);
}

TEST_F(BundleTest, IsTheSameEachTime) {
  ASSERT_TRUE(pack(1, "one"));
  ASSERT_TRUE(pack(1, "two"));

  const auto one = read_candidate(folder_ / "one");
  const auto two = read_candidate(folder_ / "two");

  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(one->library.bytes, two->library.bytes);
  ASSERT_THAT(one->private_libraries, SizeIs(1));
  EXPECT_EQ(one->private_libraries[0].name, two->private_libraries[0].name);
  EXPECT_EQ(one->private_libraries[0].bytes, two->private_libraries[0].bytes);
}

TEST_F(BundleTest, PassesTheGate) {
  ASSERT_TRUE(pack(1, "one"));

  const Verdict verdict = judge(*read_candidate(folder_ / "one"), host_);

  for (const GateFinding& finding : verdict.findings)
    ADD_FAILURE() << finding.text;
  EXPECT_TRUE(verdict.is_admitted());
}

TEST_F(BundleTest, IsNotMadeOfAPluginThatNeedsNothing) {
  const auto packed = pack_bundle(
      {.plugin = built(1) / "libcompanion.so.1", .library_folders = {}, .bundle = folder_ / "none"},
      host_,
      SystemClock());

  ASSERT_FALSE(packed);
  EXPECT_THAT(packed.error().message(), HasSubstr("add the file itself"));
}

TEST_F(BundleTest, UnpackedLibrariesAreRefused) {
  auto candidate = read_candidate(plugin(1));
  ASSERT_TRUE(candidate) << candidate.error().text();
  auto library = read_plugin_file(built(1) / "libcompanion.so.1");
  candidate->private_libraries = {{"libcompanion.so.1", *library}};

  std::vector<std::string> rules;
  for (const GateFinding& finding : judge(*candidate, host_).findings)
    rules.push_back(finding.rule);

  EXPECT_THAT(rules, ::testing::ElementsAre("search path", "bundle"));
}

TEST_F(BundleTest, TwoVersionsOfALibraryLiveInOneProcess) {
  const StoredVersion first = add_packed(1);
  const StoredVersion second = add_packed(2);

  const auto one = load_library(first.library());
  const auto two = load_library(second.library());

  ASSERT_TRUE(one) << one.error().text();
  ASSERT_TRUE(two) << two.error().text();
  const auto bound_one = bound_libraries(first);
  const auto bound_two = bound_libraries(second);
  ASSERT_TRUE(bound_one && bound_two);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ((*bound_one)[i].build_id, first.files[i].build_id);
    EXPECT_EQ((*bound_two)[i].build_id, second.files[i].build_id);
    EXPECT_NE((*bound_one)[i].build_id, (*bound_two)[i].build_id);
  }
  // Those of the files that the linker made.
  EXPECT_EQ((*bound_one)[1].build_id,
            read_build_id(*read_plugin_file(built(1) / "libcompanion.so.1")));
  EXPECT_EQ((*bound_two)[1].build_id,
            read_build_id(*read_plugin_file(built(2) / "libcompanion.so.1")));
}

// What a bundle protects from: without names of their own, the loader is silent and wrong.
TEST_F(BundleTest, AMixOfVersionsIsFound) {
  const auto unpacked = [&](int version) {
    auto candidate = *read_candidate(plugin(version));
    candidate.private_libraries = {
        {"libcompanion.so.1", *read_plugin_file(built(version) / "libcompanion.so.1")}};
    return add(candidate);
  };
  const StoredVersion first = unpacked(1);
  const StoredVersion second = unpacked(2);
  const auto one = Plugin::load(first.library());
  ASSERT_TRUE(one) << one.error().text();

  const auto two = load_library(second.library());

  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().kind(), ErrorKind::Corrupt);
  EXPECT_THAT(two.error().message(), HasSubstr("was bound to "));
}

TEST(PackedName, IsKnownByItsLooks) {
  EXPECT_TRUE(is_packed_name("libfoo-0123456789abcdef.so.2"));
  EXPECT_TRUE(is_packed_name("libfoo-0123456789abcdef.so"));
  EXPECT_FALSE(is_packed_name("libfoo.so.2"));
  EXPECT_FALSE(is_packed_name("libfoo-0123456789abcde.so"));
  EXPECT_FALSE(is_packed_name("-0123456789abcdef.so"));
}

}  // namespace
}  // namespace weir
