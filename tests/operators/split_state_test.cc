#include "operators/split_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_image.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SplitWatermarks::Options kOptions{.out_of_order = milliseconds(5),
                                            .idle_after = milliseconds(100)};

Split split(std::string name) {
  Split made;
  made.name = std::move(name);
  return made;
}

void commit(fakes::MemoryDisk& disk, StateDelta delta) {
  const auto image = fakes::open_memory_image(disk);
  EpochDelta epoch{.epoch = image->epoch() + 1, .positions = {}, .operators = {}};
  epoch.operators.push_back({.uid = "source", .delta = std::move(delta)});
  ASSERT_TRUE(image->prepare(epoch));
  ASSERT_TRUE(image->commit());
}

class SplitStateTest : public testing::Test {
 protected:
  StateDelta collect() {
    StateDelta delta;
    state.collect(splits, watermarks, delta);
    return delta;
  }

  const std::vector<Split> splits = {split("a/0"), split("a/1")};
  SplitState state;
  SplitWatermarks watermarks{kOptions};
};

TEST_F(SplitStateTest, OnlySplitsThatChangedAreHandedOver) {
  watermarks.add_split();
  watermarks.add_split();
  EXPECT_THAT(collect().entries(), SizeIs(2));
  EXPECT_THAT(collect().entries(), IsEmpty());

  watermarks.observe(1, 1'000);
  watermarks.absorb();
  const StateDelta delta = collect();
  ASSERT_THAT(delta.entries(), SizeIs(1));
  EXPECT_EQ(delta.place(delta.entries()[0]).key, "a/1");
}

TEST_F(SplitStateTest, ATaskGoesOnWithTheSplitsOfOthersWhereTheyStood) {
  watermarks.add_split();
  watermarks.add_split();
  watermarks.observe(0, 1'000);
  watermarks.observe(1, 2'000);
  watermarks.absorb();
  watermarks.listen(milliseconds(60));
  fakes::MemoryDisk disk;
  commit(disk, collect());

  SplitState restored;
  ASSERT_TRUE(restored.restore(*fakes::open_memory_image(disk)->reader("source")));
  const std::vector<Split> other = {split("a/7"), split("a/1")};
  SplitWatermarks resumed{kOptions};
  resumed.add_split();
  resumed.add_split();
  restored.resume(other, 0, resumed);

  EXPECT_EQ(resumed.promise(0), EventTime::min());
  EXPECT_EQ(resumed.promise(1), EventTime{1'994});
  EXPECT_FALSE(resumed.is_silent(1));
  resumed.listen(milliseconds(40));
  EXPECT_TRUE(resumed.is_silent(1));
  EXPECT_FALSE(resumed.is_silent(0));
}

TEST_F(SplitStateTest, AnIdleSplitStaysIdleUntilARowComes) {
  watermarks.add_split();
  watermarks.add_split();
  watermarks.observe(0, 1'000);
  watermarks.absorb();
  watermarks.mark_idle(1);
  fakes::MemoryDisk disk;
  commit(disk, collect());

  SplitState restored;
  ASSERT_TRUE(restored.restore(*fakes::open_memory_image(disk)->reader("source")));
  SplitWatermarks resumed{kOptions};
  resumed.add_split();
  resumed.add_split();
  restored.resume(splits, 0, resumed);

  EXPECT_TRUE(resumed.is_split_idle(1));
  EXPECT_EQ(resumed.advance(), EventTime{994});
  resumed.observe(1, 500);
  resumed.absorb();
  EXPECT_FALSE(resumed.is_split_idle(1));
}

TEST_F(SplitStateTest, RefusesAnEntryOfAnotherForm) {
  fakes::MemoryDisk disk;
  StateDelta delta;
  delta.put(0, 0, {"a/0"}, {"short"});
  commit(disk, std::move(delta));

  const Status read = state.restore(*fakes::open_memory_image(disk)->reader("source"));

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind(), ErrorKind::Corrupt);
}

}  // namespace
}  // namespace weir
