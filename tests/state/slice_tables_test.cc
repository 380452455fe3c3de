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
  TableSet& spare = slices.open(2);
  spare.upsert(spare.table(0), 7, "key");
  ASSERT_EQ(slices.begin_collection(), 1u);
  ASSERT_TRUE(slices.next_changed());

  slices.drop(2);  // Its memory is kept, that of the next one is not.
  slices.drop(1);

  EXPECT_FALSE(slices.next_changed());
}

}  // namespace
}  // namespace weir
