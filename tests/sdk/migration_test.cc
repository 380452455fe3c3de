#include <stdexcept>

#include <gmock/gmock.h>
#include <weir/sdk.h>

namespace depot {

struct FirstStock {
  std::int32_t count = 0;
};
WEIR_STATE(FirstStock, 1, count)

struct SecondStock {
  std::int8_t shelf = 0;
  std::int64_t count = 0;
};
WEIR_STATE(SecondStock, 2, shelf, count)

struct Place {
  std::int8_t shelf = 0;
  bool is_high = false;
};
WEIR_RECORD(Place, shelf, is_high)

struct Stock {
  Place place;
  weir::InlineText<6> count;
};
WEIR_STATE(Stock, 4, place, count)

Stock from_first(const FirstStock& first) {
  if (first.count < 0) throw std::runtime_error("less than nothing");
  return {.place = {}, .count = std::to_string(first.count)};
}

Stock from_second(const SecondStock& second) noexcept {
  return {.place = {.shelf = second.shelf, .is_high = second.shelf > 3},
          .count = std::to_string(second.count)};
}

WEIR_MIGRATE(Stock, from_first, from_second)

}  // namespace depot

namespace {

weir_error fresh_error() {
  weir_error error{};
  error.struct_size = sizeof(error);
  error.row = WEIR_NO_ROW;
  return error;
}

TEST(Migration, IsToldWithItsState) {
  const weir_state* stock = weir::detail::state_of<depot::Stock>();

  ASSERT_EQ(stock->migration_count, 2u);
  EXPECT_EQ(stock->migrations[0]->version, 1u);
  EXPECT_EQ(stock->migrations[0]->record, weir::detail::record_of<depot::FirstStock>());
  EXPECT_EQ(stock->migrations[1]->version, 2u);
  EXPECT_EQ(stock->migrations[1]->record, weir::detail::record_of<depot::SecondStock>());
}

TEST(Migration, IsOfOneStateOnly) {
  EXPECT_EQ(weir::detail::state_of<depot::SecondStock>()->migration_count, 0u);
}

TEST(Migration, MakesStatesOfThoseOfBefore) {
  const weir_migration& migration = *weir::detail::state_of<depot::Stock>()->migrations[1];
  const depot::SecondStock before[] = {{.shelf = 2, .count = 7}, {.shelf = 5, .count = -1}};
  const void* const from[] = {&before[0], &before[1]};
  depot::Stock after[2] = {};
  void* const to[] = {&after[0], &after[1]};
  weir_error error = fresh_error();

  ASSERT_EQ(migration.migrate(2, to, from, &error), WEIR_OK);

  EXPECT_EQ(after[0].place.shelf, 2);
  EXPECT_FALSE(after[0].place.is_high);
  EXPECT_EQ(after[0].count, weir::InlineText<6>("7"));
  EXPECT_TRUE(after[1].place.is_high);
  EXPECT_EQ(after[1].count, weir::InlineText<6>("-1"));
}

TEST(Migration, NamesTheStateAtWhichItThrew) {
  const weir_migration& migration = *weir::detail::state_of<depot::Stock>()->migrations[0];
  const depot::FirstStock before[] = {{.count = 7}, {.count = -1}};
  const void* const from[] = {&before[0], &before[1]};
  depot::Stock after[2] = {};
  void* const to[] = {&after[0], &after[1]};
  weir_error error = fresh_error();

  ASSERT_EQ(migration.migrate(2, to, from, &error), WEIR_FAILED);

  EXPECT_EQ(error.row, 1u);
  EXPECT_EQ(std::string_view(error.message, error.message_size), "less than nothing");
}

}  // namespace
