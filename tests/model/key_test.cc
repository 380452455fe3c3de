#include "model/key.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Key, TheHashNeverChanges) {
  EXPECT_EQ(hash_key(""), 0x2d06800538d394c2u);
  EXPECT_EQ(hash_key("lesson-7"), hash_key(std::string("lesson-7")));
  EXPECT_NE(hash_key("lesson-7"), hash_key("lesson-8"));
}

TEST(Key, TheTopBitsOfTheHashChooseTheGroup) {
  EXPECT_EQ(key_group_of(0, 128), 0u);
  EXPECT_EQ(key_group_of(~std::uint64_t{0}, 128), 127u);
  EXPECT_EQ(key_group_of(std::uint64_t{1} << 63, 128), 64u);
}

TEST(Key, EveryGroupBelongsToTheWorkerWhoseRangeHoldsIt) {
  for (const std::uint32_t groups : {1u, 7u, 128u}) {
    for (std::uint32_t workers = 1; workers <= 9; ++workers) {
      std::uint32_t held = 0;
      for (std::uint32_t worker = 0; worker < workers; ++worker) {
        const KeyGroupRange range = key_groups_of(worker, groups, workers);
        held += range.count;
        for (std::uint32_t group = 0; group < groups; ++group)
          EXPECT_EQ(range.contains(group), worker_of(group, groups, workers) == worker);
      }
      EXPECT_EQ(held, groups);
    }
  }
}

}  // namespace
}  // namespace weir
