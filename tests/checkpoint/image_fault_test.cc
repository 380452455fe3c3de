// Disks that are full, read-only or broken, and power that goes.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/format.h"
#include "checkpoint/faulty_files.h"
#include "checkpoint/image_text.h"
#include "checkpoint/rocks_image.h"
#include "checkpoint/rocks_options.h"
#include "connectors/ports/folder.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

using rocksdb::IOStatus;
using testing::HasSubstr;

// Key k of section 1 holds the epoch, and so does a key of the epoch's own.
StateDelta delta_of(std::uint64_t epoch) {
  StateDelta delta;
  delta.put(1, 3, {"k"}, {std::to_string(epoch)});
  delta.put(1, 4, {std::to_string(epoch)}, {std::string(200, 'x')});
  return delta;
}

class ImageFaultTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    image.reset();
    auto opened = open_rocks_image(folder.path("image"), {.job = "clicks"}, share);
    ASSERT_TRUE(opened) << opened.error().text();
    image = std::move(opened).value();
  }
  void commit(std::uint64_t epoch) {
    ASSERT_TRUE(image->prepare(epoch_of(epoch, delta_of(epoch))));
    ASSERT_TRUE(image->commit());
  }
  void expect_epoch(std::uint64_t epoch) {
    ASSERT_EQ(image->epoch(), epoch);
    const auto entries = entries_of(*image);
    ASSERT_EQ(entries.size(), epoch == 0 ? 0 : epoch + 1);
    if (epoch > 0) {
      EXPECT_EQ(entries.at("1/3/k"), std::to_string(epoch));
    }
  }
  void lose_power(std::mt19937& random) {
    files->cut_power();
    image.reset();
    files->restore_power(random);
    open();
  }

  tests::Folder folder;
  std::shared_ptr<FaultyFiles> files = std::make_shared<FaultyFiles>();
  std::shared_ptr<RocksShare> share = std::make_shared<RocksShare>(RocksShareOptions(), files);
  std::unique_ptr<StateImage> image;
};

struct Trouble {
  const char* name;
  IOStatus (*status)();
};

class ImageTroubleTest : public ImageFaultTest, public testing::WithParamInterface<Trouble> {};

TEST_P(ImageTroubleTest, WhatCannotBePreparedChangesNothingAndGoesOnWhenThereIsRoom) {
  commit(1);
  files->fail_writes(GetParam().status());
  const int faults = files->faults();
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto prepared = image->prepare(epoch_of(2, delta_of(2)));
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().kind(), ErrorKind::Unavailable);
    EXPECT_THAT(prepared.error().message(), HasSubstr("prepare epoch 2"));
    EXPECT_THAT(prepared.error().message(), HasSubstr(GetParam().status().getState()));
    EXPECT_EQ(image->prepared(), std::nullopt);
    EXPECT_EQ(image->epoch(), 1u);
  }
  EXPECT_GE(files->faults(), faults + 3);
  files->fail_writes(std::nullopt);

  commit(2);

  expect_epoch(2);
  open();
  expect_epoch(2);
}

TEST_P(ImageTroubleTest, WhatCannotBeCommittedStaysPreparedUntilItCan) {
  commit(1);
  ASSERT_TRUE(image->prepare(epoch_of(2, delta_of(2))));
  files->fail_writes(GetParam().status());
  const int faults = files->faults();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto committed = image->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().kind(), ErrorKind::Unavailable);
    EXPECT_EQ(image->prepared(), 2u);
  }
  EXPECT_GE(files->faults(), faults + 2);
  files->fail_writes(std::nullopt);

  ASSERT_TRUE(image->commit());

  expect_epoch(2);
  commit(3);
  expect_epoch(3);
}

TEST_P(ImageTroubleTest, AnImageThatCannotBeOpenedSaysWhy) {
  commit(1);
  image.reset();
  files->fail_writes(GetParam().status());
  const auto opened = open_rocks_image(folder.path("image"), {.job = "clicks"}, share);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(opened.error().message(), HasSubstr(GetParam().status().getState()));
  files->fail_writes(std::nullopt);
  open();
  expect_epoch(1);
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    ImageTroubleTest,
    testing::Values(Trouble{"Full", [] { return IOStatus::NoSpace("No space left on device"); }},
                    Trouble{"ReadOnly", [] { return IOStatus::IOError("Read-only file system"); }},
                    Trouble{"Broken", [] { return IOStatus::IOError("Input/output error"); }}),
    [](const auto& trouble) { return trouble.param.name; });

TEST_F(ImageFaultTest, AfterASyncThatFailedTheStoreIsOpenedAnewBeforeItIsWritten) {
  commit(1);
  const int logs = files->new_logs();
  files->fail_syncs(IOStatus::IOError("Input/output error"));
  const int faults = files->faults();
  ASSERT_FALSE(image->prepare(epoch_of(2, delta_of(2))));
  EXPECT_GT(files->faults(), faults);
  files->fail_syncs(std::nullopt);

  StateDelta other;
  other.put(1, 3, {"k"}, {"2"});
  other.put(1, 4, {"another"}, {"x"});
  ASSERT_TRUE(image->prepare(epoch_of(2, std::move(other))));
  ASSERT_TRUE(image->commit());

  EXPECT_GT(files->new_logs(), logs) << "and writes a log of its own";
  expect_epoch(2);
  EXPECT_EQ(entries_of(*image).count("1/4/another"), 1u);
}

TEST_F(ImageFaultTest, ACommitMarkThatThePowerTookLeavesTheEpochPrepared) {
  std::mt19937 random(1);
  commit(1);
  ASSERT_TRUE(image->prepare(epoch_of(2, delta_of(2))));
  ASSERT_TRUE(image->commit());
  const int faults = files->faults();

  lose_power(random);

  EXPECT_GT(files->faults(), faults);
  ASSERT_EQ(image->prepared(), 2u);
  expect_epoch(1);
  ASSERT_TRUE(image->commit());
  expect_epoch(2);
}

TEST_F(ImageFaultTest, ACommitMarkThatTheDiskForgotIsMadeUpForBeforeTheNextEpoch) {
  commit(1);
  files->fail_syncs(IOStatus::IOError("Input/output error"));
  const int faults = files->faults();
  ASSERT_FALSE(image->prepare(epoch_of(2, delta_of(2))));
  EXPECT_GT(files->faults(), faults);
  files->forget_unsynced();
  files->fail_syncs(std::nullopt);

  ASSERT_TRUE(image->prepare(epoch_of(2, delta_of(2))));

  expect_epoch(1);
  ASSERT_TRUE(image->commit());
  expect_epoch(2);
  open();
  expect_epoch(2);
}

TEST_F(ImageFaultTest, AnEpochThatWasCommittedAndIsGoneIsNoEpochToGoOnFrom) {
  commit(1);
  commit(2);
  files->fail_writes(IOStatus::IOError("Input/output error"));
  ASSERT_FALSE(image->prepare(epoch_of(3, delta_of(3))));
  files->fail_writes(std::nullopt);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("image"))) {
    if (entry.path().extension() == ".log") std::filesystem::resize_file(entry.path(), 0);
  }

  const auto prepared = image->prepare(epoch_of(3, delta_of(3)));

  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().kind(), ErrorKind::Corrupt);
  EXPECT_THAT(prepared.error().message(),
              HasSubstr("epoch 2 was committed and is lost: the files end with epoch 0"));
}

// What the image promises, step by step, whatever goes wrong between.
TEST_F(ImageFaultTest, KeepsEveryPromiseThroughRandomFaults) {
  std::mt19937 random(tests::test_seed());
  const int faults = files->faults();
  std::uint64_t committed = 0;
  for (int step = 0; step < 60; ++step) {
    const bool has_trouble = random() % 3 == 0;
    if (has_trouble) files->fail_writes(IOStatus::NoSpace("No space left on device"));
    if (image->prepared()) {
      const bool is_commit = random() % 3 != 0;
      const bool is_done = static_cast<bool>(is_commit ? image->commit() : image->roll_back());
      if (is_done && is_commit) ++committed;
    } else {
      static_cast<void>(image->prepare(epoch_of(committed + 1, delta_of(committed + 1))));
    }
    files->fail_writes(std::nullopt);
    const auto prepared = image->prepared();
    ASSERT_EQ(image->epoch(), committed);
    if (random() % 4 != 0) continue;
    lose_power(random);
    // The mark of the last commit may be lost; what was prepared is not.
    if (image->epoch() < committed || (prepared && image->epoch() == committed)) {
      ASSERT_TRUE(image->prepared()) << "step " << step;
    }
    ASSERT_TRUE(image->epoch() == committed || image->commit());
    ASSERT_NO_FATAL_FAILURE(expect_epoch(committed)) << "step " << step;
  }
  EXPECT_GT(files->faults(), faults);
}

}  // namespace
}  // namespace weir
