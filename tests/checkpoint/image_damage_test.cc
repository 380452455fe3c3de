// Files that are not as they were left, folders that are somebody else's.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "base/format.h"
#include "checkpoint/image_text.h"
#include "checkpoint/rocks_image.h"
#include "checkpoint/wal_damage.h"
#include "connectors/ports/folder.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// Values that do not compress, with `value` in front.
StateDelta many_entries(const std::string& value) {
  StateDelta delta;
  std::mt19937_64 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::string noise = format("{:x}{:x}{:x}", random(), random(), random());
    delta.put(1, static_cast<std::uint16_t>(i % 128), {std::to_string(i)}, {value, noise});
  }
  return delta;
}

class ImageDamageTest : public testing::Test {
 protected:
  std::string image() const { return folder.path("image"); }

  // Epoch 1 in files, epoch 2 prepared in the log.
  void write_two_epochs() {
    {
      const auto written = open_clicks(image());
      ASSERT_TRUE(written->prepare(epoch_of(1, many_entries("old"))));
      ASSERT_TRUE(written->commit());
    }
    const auto written = open_clicks(image());  // Opening writes what is in the log to files.
    ASSERT_TRUE(written->prepare(epoch_of(2, many_entries("new"))));
  }

  // In the order of their numbers, which is that of their age.
  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(image())) {
      if (entry.path().extension() == extension) found.push_back(entry.path());
    }
    EXPECT_FALSE(found.empty()) << extension;
    std::sort(found.begin(), found.end());
    return found;
  }

  static void overwrite(const fs::path& file, std::uint64_t offset, std::string_view bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream << bytes;
    ASSERT_TRUE(stream.good());
  }

  Error opening_error() const {
    auto opened = open_rocks_image(image(), {.job = "clicks"}, make_rocks_share());
    EXPECT_FALSE(opened);
    return opened ? Error(ErrorKind::Invalid, "it opened") : opened.error();
  }

  tests::Folder folder;
};

TEST_F(ImageDamageTest, ALogThatWasCutShortSimplyEnds) {
  write_two_epochs();
  const fs::path whole = files(".log").back();
  const auto size = fs::file_size(whole);
  std::mt19937 random(tests::test_seed());
  const std::string original = image();
  for (int round = 0; round < 12; ++round) {
    const std::string copy = folder.path(format("copy-{}", round));
    fs::copy(original, copy, fs::copy_options::recursive);
    const auto cut = round == 0 ? size - 1 : random() % size;
    const fs::path log = fs::path(copy) / whole.filename();
    fs::resize_file(log, cut);
    // As after a power cut that kept the size, and none of what was written.
    if (round % 2 == 1) fs::resize_file(log, size);

    const auto opened = open_clicks(copy);

    ASSERT_TRUE(opened) << "cut at " << cut << " of " << size;
    EXPECT_EQ(opened->prepared(), std::nullopt);
    EXPECT_EQ(opened->epoch(), 1u);
    EXPECT_THAT(entries_of(*opened).at("1/5/5"), testing::StartsWith("old"));
  }
}

// The log of a process that died may lose its end to a power cut while the next one lives: the mark
// of an epoch that the next one found committed, and wrote to its tables.
TEST_F(ImageDamageTest, AnOldLogThatLostTheMarkOfACommitTakesNothingBack) {
  write_two_epochs();
  const auto logs = files(".log");
  ASSERT_EQ(logs.size(), 2u);
  fs::resize_file(logs.front(), fs::file_size(logs.front()) - 1);

  const auto opened = open_clicks(image());

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->epoch(), 1u);
  EXPECT_EQ(opened->prepared(), 2u);
  ASSERT_TRUE(opened->commit());
  EXPECT_THAT(entries_of(*opened).at("1/5/5"), testing::StartsWith("new"));
}

TEST_F(ImageDamageTest, ADamagedLogBeforeItsEndIsAnErrorThatNamesIt) {
  {
    const auto written = open_clicks(image());
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
      ASSERT_TRUE(written->prepare(epoch_of(epoch, many_entries("x"))));
      ASSERT_TRUE(written->commit());
    }
  }
  const fs::path log = files(".log").back();
  overwrite(log, fs::file_size(log) / 2, "damage");

  const Error error = opening_error();

  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("open state in"), HasSubstr(log.string())));
}

TEST_F(ImageDamageTest, LogsThatCannotBeLookedThroughAreAnError) {
  const auto damage = find_wal_damage(folder.path("missing"));
  ASSERT_FALSE(damage);
  EXPECT_THAT(damage.error().message(), HasSubstr(folder.path("missing")));
}

TEST_F(ImageDamageTest, ADamagedTableIsAnErrorThatNamesIt) {
  write_two_epochs();
  const fs::path table = files(".sst").front();
  overwrite(table, fs::file_size(table) / 2, "damage");

  const auto opened = open_clicks(image());
  ASSERT_TRUE(opened);
  class Anything final : public StateIntake {
   public:
    Status take(const StatePlace& /*place*/, std::string_view /*value*/) override { return Done{}; }
  } anything;
  const auto read = opened->reader("sums")->read(0, 128, anything);

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind(), ErrorKind::Corrupt);
  EXPECT_THAT(read.error().message(), HasSubstr(table.filename().string()));
}

TEST_F(ImageDamageTest, AMissingTableIsAnErrorThatNamesIt) {
  write_two_epochs();
  const fs::path table = files(".sst").front();
  fs::remove(table);
  const Error error = opening_error();
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_THAT(error.message(), HasSubstr(table.stem().string()));
}

TEST_F(ImageDamageTest, TheStateOfAnotherJobIsRefused) {
  write_two_epochs();
  const auto other = open_rocks_image(image(), {.job = "views"}, make_rocks_share());
  ASSERT_FALSE(other);
  EXPECT_EQ(
      other.error().text(),
      "incompatible: open state in " + image() + ": it is the state of job clicks, not of views");
  const auto regrouped =
      open_rocks_image(image(), {.job = "clicks", .key_groups = 64}, make_rocks_share());
  ASSERT_FALSE(regrouped);
  EXPECT_THAT(regrouped.error().message(), HasSubstr("it has 128 key groups, the job 64"));
  EXPECT_EQ(open_clicks(image())->prepared(), 2u) << "and nothing of it was touched";
}

TEST_F(ImageDamageTest, OpeningItTwiceInOneProcessIsRefused) {
  const auto first = open_clicks(image());
  const Error error = opening_error();
  EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
  EXPECT_THAT(error.message(),
              HasSubstr(format("is open in this process already (pid {})", ::getpid())));
  EXPECT_TRUE(first->prepare(epoch_of(1, many_entries("x")))) << "and the first goes on";
}

TEST_F(ImageDamageTest, OpeningItInASecondProcessNamesTheFirst) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const char* given = std::getenv("WEIR_TEST_IMAGE");  // NOLINT(concurrency-mt-unsafe)
  const std::string place = given != nullptr ? given : image();
  const auto first = given != nullptr ? nullptr : open_clicks(place);
  ::setenv("WEIR_TEST_IMAGE", place.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  const auto open_second = [&] {
    const auto second = open_rocks_image(place, {.job = "clicks"}, make_rocks_share());
    std::fputs(second ? "it opened" : second.error().text().c_str(), stderr);
    std::_Exit(second ? 1 : 0);
  };
  EXPECT_EXIT(open_second(),
              testing::ExitedWithCode(0),
              format("unavailable: .* is open in another process .pid {}.", ::getpid()));
  ::unsetenv("WEIR_TEST_IMAGE");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(ImageDamageTest, AFolderThatCannotBeMadeIsNamed) {
  folder.write("image", "a file");
  const Error error = opening_error();
  EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
  EXPECT_THAT(error.message(), HasSubstr(image()));
}

}  // namespace
}  // namespace weir
