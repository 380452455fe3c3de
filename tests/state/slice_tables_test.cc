#include "state/slice_tables.h"

#include <array>
#include <cstddef>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(SliceTables, ASliceMayBeDroppedBetweenTheStepsThatCollectItsLastChange) {
  constexpr std::array<std::byte, 8> kFresh = {};
  constexpr KeyGroupRange kOneGroup{1, 0, 1};
  SliceTables slices(TableLayout(8, 8, kFresh), kOneGroup);
  TableSet& set = slices.open(1);
  const std::uint32_t number = set.upsert(set.table(0), 7, "key");
  set.touch(set.table(0), number);
  ASSERT_EQ(slices.begin_collection(), 1u);
  ASSERT_TRUE(slices.next_changed());

  slices.drop(1);

  EXPECT_FALSE(slices.next_changed());
}

}  // namespace
}  // namespace weir
