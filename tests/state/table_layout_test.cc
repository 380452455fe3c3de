#include "state/table_layout.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(TableLayout, AShortKeyAndItsValueFillACacheLine) {
  const std::vector<std::byte> initial(40);
  const TableLayout layout(16, 8, initial);

  EXPECT_EQ(layout.stride(), 64u);
}

TEST(TableLayout, ValuesStandAtTheirAlignment) {
  for (const std::size_t alignment : {1, 2, 4, 8, 16}) {
    const std::vector<std::byte> initial(alignment * 3);
    const TableLayout layout(11, alignment, initial);

    EXPECT_EQ(layout.value_offset() % alignment, 0u);
    EXPECT_EQ(layout.stride() % alignment, 0u);
    EXPECT_GE(layout.stride(), layout.value_offset() + initial.size());
  }
}

TEST(TableLayout, KeysDifferInEveryByte) {
  const TableLayout layout(16, 1, {});
  std::vector<std::byte> entry(layout.stride());
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string key(size, 'k');
    layout.make(entry.data(), 7, key);

    EXPECT_TRUE(layout.has_key(entry.data(), key));
    EXPECT_EQ(layout.key(entry.data()), key);
    EXPECT_FALSE(layout.has_key(entry.data(), key + "k"));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = key;
      other[at] = 'x';
      EXPECT_FALSE(layout.has_key(entry.data(), other)) << size << " " << at;
    }
  }
}

TEST(TableLayout, AnEntryTakenBackHasNoKey) {
  const TableLayout layout(8, 1, {});
  std::vector<std::byte> entry(layout.stride());
  layout.make(entry.data(), 7, "key");

  TableLayout::take_back(entry.data());

  EXPECT_FALSE(TableLayout::is_live(entry.data()));
  EXPECT_FALSE(layout.has_key(entry.data(), "key"));
}

}  // namespace
}  // namespace weir
