#include "state/table.h"

#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace weir {
namespace {

const std::vector<std::byte> kInitial(8, std::byte{1});

TEST(Table, AnEmptyOneHoldsNoMemory) {
  const TableLayout layout(16, 8, kInitial);
  const Table table;

  EXPECT_EQ(table.bytes(layout), 0u);
  EXPECT_FALSE(table.find(layout, 5, "key"));
  EXPECT_FALSE(table.find_likely(5));
}

TEST(Table, AHandfulOfKeysCostsLittle) {
  const TableLayout layout(16, 8, kInitial);
  Table table;
  for (int i = 0; i < 4; ++i)
    table.insert(layout, static_cast<std::uint32_t>(i * 77), "k");

  EXPECT_LE(table.bytes(layout), 256u);
}

// The hash is drawn from few values, so that keys collide.
RC_GTEST_PROP(Table, FindsEveryKeyUnderTheNumberOfItsInsertion, ()) {
  const TableLayout layout(8, 8, kInitial);
  const auto hashes = *rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::element<std::uint32_t>(0, 1, 2, 8, 16, 1u << 20, 1u << 31, ~0u, ~0u - 8));
  Table table;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < hashes.size(); ++i)
    keys.push_back("key-number-" + std::to_string(i));

  for (std::size_t i = 0; i < hashes.size(); ++i) {
    RC_ASSERT(!table.find(layout, hashes[i], keys[i]));
    RC_ASSERT(table.insert(layout, hashes[i], keys[i]) == i);
  }

  RC_ASSERT(table.size() == hashes.size());
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    RC_ASSERT(table.find(layout, hashes[i], keys[i]) == static_cast<std::uint32_t>(i));
    RC_ASSERT(layout.key(table.entry(layout, static_cast<std::uint32_t>(i))) == keys[i]);
  }
}

TEST(Table, GrowsToManyKeys) {
  const TableLayout layout(8, 8, kInitial);
  Table table;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_EQ(table.insert(layout, i * 2654435761u, key), i);
  }
  for (std::uint32_t i = 0; i < 100'000; ++i)
    ASSERT_EQ(table.find(layout, i * 2654435761u, std::to_string(i)), i);
  EXPECT_LE(table.bytes(layout), 100'000u * (layout.stride() * 3 / 2 + 12));
}

TEST(Table, ACopyIsIndependent) {
  const TableLayout layout(8, 8, kInitial);
  for (const std::uint32_t size : {0u, 1u, 4u, 5u, 1000u}) {
    for (const std::uint32_t size_before : {0u, 3u, 2000u}) {
      Table source;
      Table copy;
      for (std::uint32_t i = 0; i < size; ++i)
        source.insert(layout, i, std::to_string(i));
      for (std::uint32_t i = 0; i < size_before; ++i)
        copy.insert(layout, i, "x" + std::to_string(i));

      copy.assign(layout, source);
      copy.insert(layout, 12, "more");

      EXPECT_EQ(copy.size(), size + 1);
      EXPECT_FALSE(source.find(layout, 12, "more"));
      for (std::uint32_t i = 0; i < size; ++i)
        EXPECT_EQ(copy.find(layout, i, std::to_string(i)), i);
      EXPECT_FALSE(copy.find(layout, 0, "x0"));
    }
  }
}

TEST(Table, AClearedOneIsEmptyAndKeepsItsMemory) {
  const TableLayout layout(8, 8, kInitial);
  Table table;
  for (std::uint32_t i = 0; i < 100; ++i)
    table.insert(layout, i, std::to_string(i));
  const std::size_t bytes = table.bytes(layout);

  table.clear();

  EXPECT_TRUE(table.empty());
  EXPECT_FALSE(table.find(layout, 7, "7"));
  EXPECT_EQ(table.bytes(layout), bytes);
}

}  // namespace
}  // namespace weir
