#include "base/id.h"

#include <cstdint>
#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

namespace weir {
namespace {

using Epoch = Id<struct EpochTag, std::uint64_t>;
using Offset = Id<struct OffsetTag, std::uint64_t>;

static_assert(!std::is_convertible_v<std::uint64_t, Epoch>);
static_assert(!std::is_convertible_v<Epoch, std::uint64_t>);
static_assert(!std::is_constructible_v<Epoch, Offset>);

TEST(Id, OrdersLikeItsNumber) {
  EXPECT_LT(Epoch(3), Epoch(4));
  EXPECT_EQ(Epoch(3).next(), Epoch(4));
  EXPECT_EQ(Epoch(), Epoch(0));
}

TEST(Id, CanBeAKey) {
  const std::unordered_set<Epoch> epochs = {Epoch(1), Epoch(2), Epoch(1)};
  EXPECT_EQ(epochs.size(), 2U);
}

}  // namespace
}  // namespace weir
