#include "state/arena.h"

#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Arena, PlacesAreAlignedAndDoNotOverlap) {
  Arena arena;
  std::vector<std::pair<std::byte*, std::size_t>> places;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t alignment = std::size_t{1} << (i % 5);
    auto* place = static_cast<std::byte*>(arena.allocate(i % 100 + 1, alignment));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(place) % alignment, 0u);
    std::memset(place, static_cast<int>(i % 251), i % 100 + 1);
    places.emplace_back(place, i);
  }
  for (const auto& [place, i] : places) {
    for (std::size_t at = 0; at < i % 100 + 1; ++at)
      ASSERT_EQ(place[at], std::byte{static_cast<unsigned char>(i % 251)});
  }
}

TEST(Arena, OnePlaceMayBeLargerThanAnyChunk) {
  Arena arena;
  arena.allocate(10, 1);
  std::memset(arena.allocate(10 << 20, 16), 1, 10 << 20);
  arena.allocate(10, 1);

  EXPECT_GE(arena.bytes_used(), std::size_t{10} << 20);
}

TEST(Arena, AfterClearTheSameWorkNeedsNoMoreMemory) {
  Arena arena;
  std::size_t bytes = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 10'000; ++i)
      arena.copy(std::string(static_cast<std::size_t>(i % 300), 'x'));
    EXPECT_GT(arena.bytes_used(), 1'000'000u);
    if (round == 0) bytes = arena.bytes();
    EXPECT_EQ(arena.bytes(), bytes);
    arena.clear();
    EXPECT_EQ(arena.bytes_used(), 0u);
  }
}

}  // namespace
}  // namespace weir
