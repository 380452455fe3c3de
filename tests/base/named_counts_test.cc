#include "base/named_counts.h"

#include <thread>

#include <gmock/gmock.h>

namespace weir {
namespace {

TEST(NamedCounts, TheSameNameGivesTheSameCounter) {
  NamedCounts counts;
  const std::uint32_t hits = counts.find_or_make("hits", "how often");
  const std::uint32_t misses = counts.find_or_make("misses", "how often not");

  counts.add(hits, 2);
  counts.add(counts.find_or_make("hits", "something else"), 3);
  counts.add(99, 1);

  EXPECT_NE(hits, misses);
  ASSERT_EQ(counts.read().size(), 2u);
  EXPECT_EQ(counts.read()[0].name, "hits");
  EXPECT_EQ(counts.read()[0].doc, "how often");
  EXPECT_EQ(counts.read()[0].value, 5u);
}

TEST(NamedCounts, LosesNothingBetweenTwoThreads) {
  NamedCounts counts;
  const auto count = [&counts] {
    for (int i = 0; i < 1000; ++i)
      counts.add(counts.find_or_make("hits", ""), 1);
  };

  std::thread other(count);
  count();
  other.join();

  EXPECT_EQ(counts.read().at(0).value, 2000u);
}

}  // namespace
}  // namespace weir
