#include "model/row_batch.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;

TEST(Block, RowsStandOneBehindTheOther) {
  Block block(24, 3);

  EXPECT_EQ(block.row(2) - block.row(0), 48);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.row(0)) % 16, 0u);
}

TEST(Block, TextStaysWhereItIsWhileTheArenaGrows) {
  Block block(0, 0);
  std::vector<std::string_view> texts;
  std::size_t size_total = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string text(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    char* copy = block.allocate(text.size());
    std::ranges::copy(text, copy);
    texts.emplace_back(copy, text.size());
    size_total += text.size();
  }

  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(texts[i], std::string(i, static_cast<char>('a' + i % 26)));
  EXPECT_GE(block.bytes(), size_total);
}

TEST(Block, OneTextMayBeLargerThanAnyChunk) {
  Block block(0, 0);
  std::memset(block.allocate(10 << 20), 'x', 10 << 20);

  EXPECT_GE(block.bytes(), std::size_t{10} << 20);
}

TEST(RowBatch, SelectsRowsWithAllThatBelongsToThem) {
  RowBatch batch;
  const auto block = std::make_shared<Block>(8, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    batch.rows.push_back(block->row(i));
    batch.times.push_back(static_cast<std::int64_t>(i) * 10);
    batch.keys.push_back({"abcd" + i, 1, i});
    batch.records.push_back(static_cast<std::uint32_t>(i) + 10);
  }
  batch.blocks.push_back(block);
  batch.bytes = 400;

  const std::uint32_t chosen[] = {3, 1};
  const RowBatch selected = select_rows(batch, chosen);

  EXPECT_THAT(selected.rows, ElementsAre(block->row(3), block->row(1)));
  EXPECT_THAT(selected.times, ElementsAre(30, 10));
  EXPECT_EQ(selected.keys[0].bytes(), "d");
  EXPECT_THAT(selected.records, ElementsAre(13, 11));
  EXPECT_EQ(selected.blocks.size(), 1u);
  EXPECT_EQ(selected.bytes, 200u);
}

}  // namespace
}  // namespace weir
