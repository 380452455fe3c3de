// Processes that really die, by SIGKILL at a named place, and what the next one finds.

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "checkpoint/image_text.h"
#include "connectors/ports/folder.h"

namespace weir {
namespace {

using testing::KilledBySignal;

using Entries = std::map<std::string, std::string>;

StateDelta first_delta() {
  StateDelta delta;
  delta.put(1, 5, {"anna"}, {"1"});
  delta.put(2, 7, {"bob"}, {"2"});
  return delta;
}

// Drops section 1.
StateDelta second_delta() {
  StateDelta delta;
  delta.put(2, 7, {"bob"}, {"3"});
  delta.put(3, 7, {"bob"}, {"1"});
  delta.drop({.section = 1, .first_group = 0, .group_count = 128});
  return delta;
}

StateDelta third_delta() {
  StateDelta delta;
  delta.put(3, 7, {"bob"}, {"never"});
  return delta;
}

// By epoch.
const Entries kEntries[] = {{},
                            {{"1/5/anna", "1"}, {"2/7/bob", "2"}},
                            {{"2/7/bob", "3"}, {"3/7/bob", "1"}},
                            {{"2/7/bob", "3"}, {"3/7/bob", "never"}}};

// Two epochs, and a third one that is rolled back.
void live(const std::string& folder) {
  const auto image = open_clicks(folder);
  if (!image->prepare(epoch_of(1, first_delta())) || !image->commit() ||
      !image->prepare(epoch_of(2, second_delta())) || !image->commit() ||
      !image->prepare(epoch_of(3, third_delta())) || !image->roll_back()) {
    std::_Exit(2);
  }
  std::_Exit(1);  // It should have died before.
}

void commit_what_is_prepared(const std::string& folder) {
  const auto image = open_clicks(folder);
  std::_Exit(image->prepared() && image->commit() ? 1 : 2);
}

// A folder that the test shares with the processes it starts: they run the test up to the place
// where they are to die.
class SharedFolder final {
 public:
  SharedFolder() {
    const char* given = std::getenv(kName);  // NOLINT(concurrency-mt-unsafe): one thread
    if (given != nullptr) {
      path_ = given;
      return;
    }
    own_.emplace();
    path_ = own_->path("image");
    ::setenv(kName, path_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  ~SharedFolder() {
    if (own_) ::unsetenv(kName);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  const std::string& path() const { return path_; }

 private:
  static constexpr const char* kName = "WEIR_TEST_IMAGE";
  std::optional<tests::Folder> own_;
  std::string path_;
};

void arm(const std::string& point) {
  ::setenv("WEIR_CRASH", point.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
}

struct Death {
  const char* point;
  std::uint64_t epoch;                    // That the next process finds,
  std::optional<std::uint64_t> prepared;  // and what is prepared behind it.
};

class ImageCrashTest : public testing::TestWithParam<Death> {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  void TearDown() override { ::unsetenv("WEIR_CRASH"); }
};

TEST_P(ImageCrashTest, TheNextProcessFindsEveryEpochWholeOrNotAtAll) {
  const SharedFolder folder;
  arm(GetParam().point);
  ASSERT_EXIT(live(folder.path()), KilledBySignal(SIGKILL), "");

  const std::string copy = folder.path() + "-copy";
  std::filesystem::copy(folder.path(), copy, std::filesystem::copy_options::recursive);
  const auto image = open_clicks(folder.path());
  ASSERT_EQ(image->epoch(), GetParam().epoch);
  ASSERT_EQ(image->prepared(), GetParam().prepared);
  EXPECT_EQ(entries_of(*image), kEntries[image->epoch()]);
  if (!image->prepared()) return;

  ASSERT_TRUE(image->commit());
  EXPECT_EQ(image->epoch(), GetParam().prepared);
  EXPECT_EQ(entries_of(*image), kEntries[image->epoch()]);
  const auto other = open_clicks(copy);
  ASSERT_TRUE(other->roll_back());
  EXPECT_EQ(entries_of(*other), kEntries[GetParam().epoch]);
}

INSTANTIATE_TEST_SUITE_P(AtEachPoint,
                         ImageCrashTest,
                         testing::Values(Death{"image.open.made:1", 0, std::nullopt},
                                         Death{"image.open.read:1", 0, std::nullopt},
                                         Death{"image.prepare.collected:2", 1, std::nullopt},
                                         Death{"image.prepare.synced:2", 1, 2},
                                         Death{"image.commit.begun:2", 1, 2},
                                         Death{"image.commit.marked:2", 2, std::nullopt},
                                         Death{"image.drop.begun:1", 2, std::nullopt},
                                         Death{"image.drop.done:1", 2, std::nullopt},
                                         Death{"image.roll-back.begun:1", 2, 3},
                                         Death{"image.roll-back.marked:1", 2, std::nullopt}),
                         [](const auto& death) {
                           std::string name = death.param.point;
                           std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
                           return name;
                         });

// What a process finds prepared it commits, and dies over it.
class ImageSecondCrashTest : public ImageCrashTest {};

TEST_P(ImageSecondCrashTest, DyingAgainWhileRecoveringChangesNothing) {
  const SharedFolder folder;
  arm("image.prepare.synced:2");
  ASSERT_EXIT(live(folder.path()), KilledBySignal(SIGKILL), "");
  arm(GetParam().point);
  ASSERT_EXIT(commit_what_is_prepared(folder.path()), KilledBySignal(SIGKILL), "");

  const auto image = open_clicks(folder.path());
  ASSERT_EQ(image->epoch(), GetParam().epoch);
  ASSERT_EQ(image->prepared(), GetParam().prepared);
  ASSERT_TRUE(!image->prepared() || image->commit());
  EXPECT_EQ(entries_of(*image), kEntries[2]);
}

INSTANTIATE_TEST_SUITE_P(AtEachPoint,
                         ImageSecondCrashTest,
                         testing::Values(Death{"image.open.read:1", 1, 2},
                                         Death{"image.commit.begun:1", 1, 2},
                                         Death{"image.commit.marked:1", 2, std::nullopt},
                                         Death{"image.commit.flushed:1", 2, std::nullopt},
                                         Death{"image.drop.begun:1", 2, std::nullopt}),
                         [](const auto& death) {
                           std::string name = death.param.point;
                           std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
                           return name;
                         });

}  // namespace
}  // namespace weir
