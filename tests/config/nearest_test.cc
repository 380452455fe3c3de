#include "config/nearest.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(EditDistance, CountsInsertDropReplaceAndSwap) {
  EXPECT_EQ(edit_distance("kafka", "kafka"), 0U);
  EXPECT_EQ(edit_distance("kafak", "kafka"), 1U);
  EXPECT_EQ(edit_distance("kafk", "kafka"), 1U);
  EXPECT_EQ(edit_distance("kafkaa", "kafka"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(NearestName, IsTheOneThatWasProbablyMeant) {
  EXPECT_EQ(nearest_name("conector", {"format", "connector"}), "connector");
  EXPECT_EQ(nearest_name("typ", {"name", "type"}), "type");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("zebra", {"format", "connector"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
  EXPECT_EQ(nearest_name(std::string(1'000, 'x'), {std::string(999, 'x')}), "");
}

}  // namespace
}  // namespace weir
