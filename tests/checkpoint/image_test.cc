// What every state image does.

#include <map>
#include <string>

#include <gmock/gmock.h>

#include "checkpoint/state_image.h"
#include "fakes/memory_image.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class Recorded final : public StateIntake {
 public:
  Status take(const StatePlace& place, std::string_view value) override {
    entries[std::to_string(place.section) + "/" + std::to_string(place.group) + "/" +
            std::string(place.key)] = value;
    return Done{};
  }
  std::map<std::string, std::string> entries;
};

EpochDelta epoch_of(std::uint64_t epoch, StateDelta delta) {
  EpochDelta made;
  made.epoch = epoch;
  made.positions = {
      {.source = "in", .positions = {{"topic/0", static_cast<std::int64_t>(epoch * 10)}}}};
  made.operators.push_back({"sums", std::move(delta)});
  return made;
}

std::map<std::string, std::string> entries_of(const StateImage& image) {
  Recorded recorded;
  EXPECT_TRUE(image.reader("sums")->read(0, 128, recorded));
  return recorded.entries;
}

class ImageTest : public testing::Test {
 protected:
  void SetUp() override { image = fakes::open_memory_image(disk); }
  void open_again() { image = fakes::open_memory_image(disk); }

  fakes::MemoryDisk disk;
  std::unique_ptr<StateImage> image;
};

StateDelta first_delta() {
  StateDelta delta;
  delta.put(1, 5, {"an", "na"}, {"1"});
  delta.put(2, 7, {"bob"}, {"2", "2"});
  delta.note("watermark", "10");
  return delta;
}

TEST_F(ImageTest, APreparedEpochIsNotThereUntilItIsCommitted) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  EXPECT_EQ(image->prepared(), 1u);
  EXPECT_THAT(entries_of(*image), IsEmpty());
  ASSERT_TRUE(image->commit());
  EXPECT_EQ(image->epoch(), 1u);
  EXPECT_THAT(entries_of(*image), ElementsAre(Pair("1/5/anna", "1"), Pair("2/7/bob", "22")));
  EXPECT_THAT(image->reader("sums")->notes("watermark"), ElementsAre("10"));
  EXPECT_THAT(image->operators(), ElementsAre("sums"));
  EXPECT_EQ(image->positions()->at(0).positions.at(0).position, 10);
}

TEST_F(ImageTest, APreparedEpochOutlivesTheProcess) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  open_again();
  EXPECT_EQ(image->prepared(), 1u);
  ASSERT_TRUE(image->commit());
  EXPECT_EQ(entries_of(*image).size(), 2u);
}

TEST_F(ImageTest, WhatIsRolledBackNeverWas) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  ASSERT_TRUE(image->roll_back());
  open_again();
  EXPECT_EQ(image->prepared(), std::nullopt);
  EXPECT_EQ(image->epoch(), 0u);
  EXPECT_THAT(entries_of(*image), IsEmpty());
}

TEST_F(ImageTest, ADroppedSectionIsGone) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  ASSERT_TRUE(image->commit());
  StateDelta drop;
  drop.drop({.section = 1, .first_group = 0, .group_count = 128});
  ASSERT_TRUE(image->prepare(epoch_of(2, std::move(drop))));
  ASSERT_TRUE(image->commit());
  open_again();
  EXPECT_THAT(entries_of(*image), ElementsAre(Pair("2/7/bob", "22")));
  EXPECT_THAT(image->reader("sums")->notes("watermark"), ElementsAre("10"));
}

}  // namespace
}  // namespace weir
