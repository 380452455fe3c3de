#include "operators/plugin_output.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/recorded_output.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Label {
  std::int64_t number;
  weir_text name;
};

class PluginOutputTest : public testing::Test {
 protected:
  // What a careful plugin does for one row.
  static void put(weir_out* out, std::int64_t number, std::string_view name, std::uint32_t source) {
    auto* label = static_cast<Label*>(out->reserve(out, 1));
    weir_arena* arena = out->arena;
    if (static_cast<std::size_t>(arena->end - arena->next) < name.size())
      arena->grow(arena, name.size());
    std::ranges::copy(name, arena->next);
    *label = {number, {arena->next, name.size()}};
    arena->next += name.size();
    out->commit(out, 1, &source);
  }

  std::vector<std::int64_t> numbers() const {
    std::vector<std::int64_t> found;
    for (const RowBatch& batch : output.batches)
      for (const void* row : batch.rows)
        found.push_back(static_cast<const Label*>(row)->number);
    return found;
  }

  PluginOutput rows{sizeof(Label)};
  harness::RecordedOutput output;
};

TEST_F(PluginOutputTest, ARowGetsTheTimeOfItsSource) {
  const std::vector<std::int64_t> times = {100, 200, 300};

  weir_out* out = rows.open(times);
  put(out, 1, "one", 2);
  put(out, 2, "two", 0);
  ASSERT_TRUE(rows.close());
  rows.flush(output);

  ASSERT_EQ(output.batches.size(), 1u);
  EXPECT_THAT(output.batches[0].times, ElementsAre(300, 100));
  EXPECT_THAT(numbers(), ElementsAre(1, 2));
}

TEST_F(PluginOutputTest, SourcesCountFromTheFirstRowOfTheCall) {
  const std::vector<std::int64_t> times = {100, 200, 300};

  weir_out* out = rows.open(times);
  put(out, 1, "", 0);
  rows.set_first_source(2);
  put(out, 2, "", 0);
  ASSERT_TRUE(rows.close());
  rows.flush(output);

  EXPECT_THAT(output.batches[0].times, ElementsAre(100, 300));
}

TEST_F(PluginOutputTest, TextLivesAsLongAsTheBatchItWasMadeFor) {
  const std::vector<std::int64_t> times = {0};
  for (int round = 0; round < 50; ++round) {
    weir_out* out = rows.open(times);
    for (int i = 0; i < 100; ++i)
      put(out, round * 100 + i, std::string(static_cast<std::size_t>(i), 'a'), 0);
    ASSERT_TRUE(rows.close());
    rows.flush_full(output);
  }
  rows.flush(output);

  std::int64_t expected = 0;
  for (const RowBatch& batch : output.batches) {
    EXPECT_LE(batch.size(), kBatchRows + kBatchRows / 2);
    for (const void* row : batch.rows) {
      const auto& label = *static_cast<const Label*>(row);
      EXPECT_EQ(label.number, expected);
      EXPECT_EQ(std::string(label.name.data, label.name.size),
                std::string(static_cast<std::size_t>(expected % 100), 'a'));
      ++expected;
    }
  }
  EXPECT_EQ(expected, 5000);
}

TEST_F(PluginOutputTest, TheRestOfAReservationStaysOpen) {
  const std::vector<std::int64_t> times = {7};
  const std::vector<std::uint32_t> sources(3, 0);

  weir_out* out = rows.open(times);
  auto* labels = static_cast<Label*>(out->reserve(out, 5));
  for (int i = 0; i < 5; ++i)
    labels[i] = {i, {}};
  out->commit(out, 2, sources.data());
  out->commit(out, 3, sources.data());
  ASSERT_TRUE(rows.close());
  rows.flush(output);

  EXPECT_THAT(numbers(), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(PluginOutputTest, ASecondReservationForgetsWhatWasNotCommitted) {
  const std::vector<std::int64_t> times = {7};

  weir_out* out = rows.open(times);
  *static_cast<Label*>(out->reserve(out, 1)) = {1, {}};
  put(out, 2, "", 0);
  ASSERT_TRUE(rows.close());
  rows.flush(output);

  EXPECT_THAT(numbers(), ElementsAre(2));
}

TEST_F(PluginOutputTest, CommittingMoreThanWasReservedIsAnError) {
  const std::vector<std::int64_t> times = {7};
  const std::vector<std::uint32_t> sources(3, 0);

  weir_out* out = rows.open(times);
  out->reserve(out, 2);
  out->commit(out, 3, sources.data());
  const Status status = rows.close();

  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), HasSubstr("committed 3 rows where 2 were reserved"));
  EXPECT_EQ(rows.row_count(), 0u);
}

TEST_F(PluginOutputTest, CommittingWithoutReservingIsAnError) {
  const std::vector<std::int64_t> times = {7};
  const std::uint32_t source = 0;

  weir_out* out = rows.open(times);
  out->commit(out, 1, &source);

  EXPECT_FALSE(rows.close());
}

TEST_F(PluginOutputTest, ASourceThatDoesNotExistIsAnError) {
  const std::vector<std::int64_t> times = {7, 8};

  weir_out* out = rows.open(times);
  rows.set_first_source(1);
  put(out, 1, "", 1);

  EXPECT_THAT(rows.close().error().text(), HasSubstr("made from row 1 of 1"));
}

TEST_F(PluginOutputTest, TooLargeAReservationIsAnErrorAndStillSafeToWriteTo) {
  const std::vector<std::int64_t> times = {7};

  weir_out* out = rows.open(times);
  std::memset(out->reserve(out, 5000), 0, 5000 * sizeof(Label));

  EXPECT_FALSE(rows.close());
}

TEST_F(PluginOutputTest, AReservationBeyondAllBoundsGetsNothing) {
  const std::vector<std::int64_t> times = {7};

  weir_out* out = rows.open(times);
  EXPECT_EQ(out->reserve(out, 0xffffffffu), nullptr);

  EXPECT_FALSE(rows.close());
}

TEST_F(PluginOutputTest, AnArenaPointerMovedOutsideIsAnError) {
  const std::vector<std::int64_t> times = {7};

  weir_out* out = rows.open(times);
  out->arena->grow(out->arena, 10);
  out->arena->next = out->arena->end + 1;

  EXPECT_FALSE(rows.close());
}

TEST_F(PluginOutputTest, ManySmallCommitsOfLargeReservationsDoNotPileUpMemory) {
  const std::vector<std::int64_t> times(256, 7);
  const std::uint32_t source = 0;

  weir_out* out = rows.open(times);
  for (int i = 0; i < 256; ++i) {
    out->reserve(out, 4096);
    out->commit(out, 1, &source);
  }
  ASSERT_TRUE(rows.close());
  rows.flush(output);

  EXPECT_LE(output.batches[0].bytes, 2 * 4096 * sizeof(Label));
}

}  // namespace
}  // namespace weir
