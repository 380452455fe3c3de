#include "registry/version_store.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

#include "plugin/plugin.h"
#include "registry/candidate.h"
#include "registry/sha256.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr WallTime kNow{std::chrono::milliseconds(1'700'000'000'000)};

class VersionStoreTest : public ::testing::Test {
 protected:
  VersionStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "weir-store-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~VersionStoreTest() override {
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_directory()) fs::permissions(entry, fs::perms::owner_all);
    }
    fs::remove_all(folder_);
  }

  VersionStore store() const { return VersionStore(folder_ / "plugins"); }

  // A candidate whose content is anything: whether it is a plugin is for the gate.
  static Candidate candidate(const std::string& bytes) {
    return {"libwords.so", {"libwords.so", bytes}, {}};
  }

  Result<VersionStore::Added> offer(const std::string& version, const Candidate& candidate) const {
    PluginDescription description;
    description.name = "words";
    description.version = version;
    description.abi_major = 1;
    return store().add(candidate, description, kNow, [&](const fs::path& library) {
      tried_.push_back(library);
      return verdict_;
    });
  }

  StoredVersion add(const std::string& version, const std::string& bytes) const {
    auto added = offer(version, candidate(bytes));
    EXPECT_TRUE(added) << added.error().text();
    return added->version;
  }

  void add_all(const std::vector<std::string>& versions) const {
    for (const std::string& version : versions)
      add(version, "code of " + version);
  }

  std::vector<std::string> listed() const {
    std::vector<std::string> names;
    const auto contents = store().read();
    EXPECT_TRUE(contents) << contents.error().text();
    for (const StoredVersion& version : contents->versions)
      names.push_back(version.plugin + ' ' + version.version);
    return names;
  }

  static void damage(const fs::path& file) {
    fs::permissions(file.parent_path(), fs::perms::owner_all);
    fs::permissions(file, fs::perms::owner_all);
    std::ofstream(file, std::ios::binary) << "something else";
  }

  fs::path folder_;
  Status verdict_ = Done{};  // Of trying a library.
  mutable std::vector<fs::path> tried_;
};

TEST_F(VersionStoreTest, ThatIsNotThereHasNoVersions) {
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(VersionStoreTest, KeepsWhatWasAdded) {
  const StoredVersion added = add("1.4.0", "code");

  const auto found = store().find("words", "1.4.0");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->hash, sha256_of("code"));
  EXPECT_EQ(found->files, added.files);
  EXPECT_EQ(found->added, kNow);
  EXPECT_EQ(found->library(), folder_ / "plugins" / sha256_of("code") / "libwords.so");
  EXPECT_EQ(fs::status(found->library()).permissions(), fs::perms(0444));
  EXPECT_EQ(fs::status(found->folder).permissions(), fs::perms(0555));
  EXPECT_TRUE(verify_stored_version(*found));
  EXPECT_TRUE(store().find(found->hash));
}

TEST_F(VersionStoreTest, TriesALibraryBeforeItIsThere) {
  add("1.4.0", "code");

  ASSERT_THAT(tried_, SizeIs(1));
  EXPECT_THAT(tried_[0].string(), HasSubstr("/.adding-"));
}

TEST_F(VersionStoreTest, LeavesNothingOfWhatWasRefused) {
  verdict_ = Error(ErrorKind::Plugin, "crashed");

  const auto added = offer("1.4.0", candidate("code"));

  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message(), "crashed");
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_ / "plugins"))
    left.push_back(entry.path().filename());
  EXPECT_THAT(left, ElementsAre("lock"));
}

TEST_F(VersionStoreTest, TakesTheSameFilesAgain) {
  add("1.4.0", "code");

  const auto again = offer("1.4.0", candidate("code"));

  ASSERT_TRUE(again) << again.error().text();
  EXPECT_FALSE(again->is_new);
  EXPECT_THAT(listed(), ElementsAre("words 1.4.0"));
}

TEST_F(VersionStoreTest, RefusesANumberThatIsTaken) {
  add("1.4.0", "code");

  const auto other = offer("1.4.0", candidate("other code"));
  const auto marked = offer("1.4.0+build.7", candidate("other code"));

  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message(),
            "version 1.4.0 of words is in the store with SHA-256 " +
                sha256_of("code").substr(0, 12) + " and not " +
                sha256_of("other code").substr(0, 12) +
                ": a version number never changes what it means, give this one another");
  EXPECT_FALSE(marked);
}

TEST_F(VersionStoreTest, RefusesOtherPrivateLibrariesUnderTheSameNumber) {
  Candidate bundle = candidate("code");
  bundle.private_libraries = {{"libdep-1.so", "dependency"}};
  ASSERT_TRUE(offer("1.4.0", bundle));

  bundle.private_libraries[0].bytes = "another dependency";
  const auto other = offer("1.4.0", bundle);

  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message(), HasSubstr("with other private libraries"));
}

TEST_F(VersionStoreTest, ListsByNumberNotByLetter) {
  add_all({"1.10.0", "1.9.0", "1.10.0-rc.1"});

  EXPECT_THAT(listed(), ElementsAre("words 1.9.0", "words 1.10.0-rc.1", "words 1.10.0"));
}

TEST_F(VersionStoreTest, TellsWhichVersionsThereAre) {
  add("1.4.0", "a");
  add("1.5.0", "b");

  EXPECT_EQ(store().find("words", "1.6.0").error().message(),
            "no version 1.6.0 of words, there are 1.4.0, 1.5.0");
  EXPECT_EQ(store().find("wrds", "1.4.0").error().message(),
            "no plugin wrds in " + (folder_ / "plugins").string());
}

TEST_F(VersionStoreTest, TakesAVersionOverFromAnotherStore) {
  Candidate bundle = candidate("code");
  bundle.private_libraries = {{"libdep-1.so", "dependency"}};
  const auto added = offer("1.4.0", bundle);
  ASSERT_TRUE(added) << added.error().text();
  VersionStore other(folder_ / "other");

  const auto copy = other.copy(added->version);
  const auto again = other.copy(added->version);

  ASSERT_TRUE(copy) << copy.error().text();
  EXPECT_TRUE(again);
  EXPECT_EQ(copy->folder, folder_ / "other" / added->version.hash);
  EXPECT_EQ(copy->files, added->version.files);
  const auto found = other.find(copy->hash);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_TRUE(verify_stored_version(*found));
  EXPECT_EQ(found->added, kNow);
}

TEST_F(VersionStoreTest, TakesNoDamagedVersionOver) {
  const StoredVersion version = add("1.4.0", "code");
  damage(version.library());
  VersionStore other(folder_ / "other");

  EXPECT_FALSE(other.copy(version));
  EXPECT_THAT(other.read()->versions, IsEmpty());
}

TEST_F(VersionStoreTest, FindsDamageInAFile) {
  const StoredVersion version = add("1.4.0", "code");
  damage(version.library());

  const Status verified = verify_stored_version(version);

  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().kind(), ErrorKind::Corrupt);
  EXPECT_THAT(verified.error().message(), HasSubstr("add words 1.4.0 again"));
}

TEST_F(VersionStoreTest, IsMendedByAddingAgain) {
  const StoredVersion version = add("1.4.0", "code");
  damage(version.library());

  const StoredVersion mended = add("1.4.0", "code");

  EXPECT_TRUE(verify_stored_version(mended));
  EXPECT_THAT(listed(), ElementsAre("words 1.4.0"));
}

TEST_F(VersionStoreTest, FindsAFileThatWasNotAdded) {
  const StoredVersion version = add("1.4.0", "code");
  fs::permissions(version.folder, fs::perms::owner_all);
  std::ofstream(version.folder / "libmore.so") << "more";

  EXPECT_THAT(verify_stored_version(version).error().message(),
              HasSubstr("libmore.so: was not added with the version"));
}

TEST_F(VersionStoreTest, NamesVersionsThatCannotBeRead) {
  const StoredVersion version = add("1.4.0", "code");
  damage(version.folder / "version.json");

  const auto contents = store().read();

  ASSERT_TRUE(contents);
  EXPECT_THAT(contents->versions, IsEmpty());
  ASSERT_THAT(contents->damaged, SizeIs(1));
  EXPECT_THAT(contents->damaged[0].message(), HasSubstr("version.json: is not what was written"));
  // The number is free again, for the same files too.
  add("1.4.0", "code");
  EXPECT_THAT(listed(), ElementsAre("words 1.4.0"));
}

TEST_F(VersionStoreTest, DoesNotBelieveAVersionInTheWrongFolder) {
  const StoredVersion version = add("1.4.0", "code");
  fs::copy(version.folder, folder_ / "plugins" / sha256_of("other"), fs::copy_options::recursive);

  const auto contents = store().read();

  ASSERT_TRUE(contents);
  EXPECT_THAT(contents->versions, SizeIs(1));
  ASSERT_THAT(contents->damaged, SizeIs(1));
  EXPECT_THAT(contents->damaged[0].message(), HasSubstr("is of another version"));
}

TEST_F(VersionStoreTest, RemovesWhatNobodyNeeds) {
  const StoredVersion version = add("1.4.0", "code");

  ASSERT_TRUE(store().remove(version, {}));

  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_FALSE(fs::exists(version.folder));
}

TEST_F(VersionStoreTest, KeepsWhatIsLoaded) {
  const StoredVersion version = add("1.4.0", "code");
  auto hold = VersionHold::take(version);
  ASSERT_TRUE(hold) << hold.error().text();

  const Status removed = store().remove(version, {});
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().message(), "words 1.4.0 stays: a running process has it loaded");

  hold->reset();
  EXPECT_TRUE(store().remove(version, {}));
}

TEST_F(VersionStoreTest, KeepsWhatIsNeeded) {
  const StoredVersion version = add("1.4.0", "code");
  const FindVersionNeeds needs = [&]() -> Result<std::vector<VersionNeed>> {
    return std::vector<VersionNeed>{{version.hash, "jobs.lock names it for job count"},
                                    {"another", "nobody asks"},
                                    {version.hash, "generation 7 would go back to it"}};
  };

  EXPECT_EQ(
      store().remove(version, needs).error().message(),
      "words 1.4.0 stays: jobs.lock names it for job count; generation 7 would go back to it");
}

TEST_F(VersionStoreTest, RemovesNothingWhileNeedsAreUnknown) {
  const StoredVersion version = add("1.4.0", "code");
  const FindVersionNeeds needs = []() -> Result<std::vector<VersionNeed>> {
    return Error(ErrorKind::Unavailable, "jobs.lock cannot be read");
  };

  EXPECT_FALSE(store().remove(version, needs));
  EXPECT_FALSE(store().collect(1, needs, false));
  EXPECT_THAT(listed(), SizeIs(1));
}

TEST_F(VersionStoreTest, CollectsAllButTheNewestAndTheNeeded) {
  add_all({"1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.10.0"});
  const StoredVersion needed = *store().find("words", "1.2.0");
  const auto hold = VersionHold::take(*store().find("words", "1.3.0"));
  const FindVersionNeeds needs = [&]() -> Result<std::vector<VersionNeed>> {
    return std::vector<VersionNeed>{{needed.hash, "jobs.lock"}};
  };

  const auto told = store().collect(2, needs, true);
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_THAT(told->removed, SizeIs(1));
  EXPECT_THAT(listed(), SizeIs(5));

  const auto collected = store().collect(2, needs, false);
  ASSERT_TRUE(collected) << collected.error().text();
  EXPECT_THAT(listed(), ElementsAre("words 1.2.0", "words 1.3.0", "words 1.4.0", "words 1.10.0"));
  ASSERT_THAT(collected->kept, SizeIs(2));
  EXPECT_EQ(collected->kept[0].reason, "a running process has it loaded");
  EXPECT_EQ(collected->kept[1].reason, "jobs.lock");
}

TEST_F(VersionStoreTest, SweepsWhatDiedProcessesLeft) {
  add("1.4.0", "code");
  for (const char* left : {".adding-a1b2c3", ".removing-feed"}) {
    fs::create_directory(folder_ / "plugins" / left);
    std::ofstream(folder_ / "plugins" / left / "libhalf.so") << "half";
    fs::permissions(folder_ / "plugins" / left, fs::perms(0555));
  }
  EXPECT_THAT(listed(), SizeIs(1));

  const auto collected = store().collect(3, {}, false);

  ASSERT_TRUE(collected) << collected.error().text();
  EXPECT_EQ(collected->leftovers, 2u);
  EXPECT_FALSE(fs::exists(folder_ / "plugins" / ".adding-a1b2c3"));
  EXPECT_THAT(listed(), ElementsAre("words 1.4.0"));
}

TEST_F(VersionStoreTest, GivesTheNewestThatFits) {
  add_all({"1.4.0", "1.10.0", "2.0.0", "2.1.0-rc.1"});
  const auto versions = store().read()->versions;
  const auto newest = [&](std::string_view constraint) -> std::string {
    const auto* found = newest_version(versions, "words", *VersionConstraint::parse(constraint));
    return found ? found->version : "none";
  };

  EXPECT_EQ(newest("^1.4"), "1.10.0");
  EXPECT_EQ(newest(">=0"), "2.0.0");
  EXPECT_EQ(newest(">=2.1.0-rc.0"), "2.1.0-rc.1");
  EXPECT_EQ(newest("^3.0"), "none");
}

// Loading

class StoredPluginTest : public VersionStoreTest {
 protected:
  StoredVersion add_minimal() const {
    auto candidate = read_candidate(fs::path(WEIR_TEST_PLUGINS) / "libminimal.so");
    const auto description = read_manifest(fs::path(WEIR_TEST_PLUGINS) / "libminimal.so");
    auto added =
        store().add(*candidate, *description, kNow, [](const fs::path&) { return Status(Done{}); });
    EXPECT_TRUE(added) << added.error().text();
    return added->version;
  }
};

TEST_F(StoredPluginTest, IsHeldForAsLongAsItIsLoaded) {
  const StoredVersion version = add_minimal();

  auto plugin = load_library(version.library());
  ASSERT_TRUE(plugin) << plugin.error().text();
  EXPECT_FALSE(store().remove(version, {}));

  plugin->reset();
  EXPECT_TRUE(store().remove(version, {}));
}

TEST_F(StoredPluginTest, IsNotLoadedWhenItIsDamaged) {
  const StoredVersion version = add_minimal();
  fs::permissions(version.library(), fs::perms::owner_all);
  std::ofstream(version.library(), std::ios::binary | std::ios::app) << "x";

  const auto plugin = load_library(version.library());

  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().kind(), ErrorKind::Corrupt);
}

TEST_F(StoredPluginTest, OutsideOfAStoreIsLoadedAsItIs) {
  EXPECT_TRUE(load_library(fs::path(WEIR_TEST_PLUGINS) / "libminimal.so"));
}

}  // namespace
}  // namespace weir
