#pragma once

#include <cstdint>
#include <string>

#include <weir/abi.h>

#include "model/schema.h"

namespace weir::harness {

// The accumulator of an aggregate over events, as a plugin would write it.
struct Totals {
  std::int64_t count;
  std::int64_t sum;
  std::int64_t min;
};
StateSchema totals_state();

// What it makes of a window: one row, or none when the sum is a multiple of kSilentSum, or two when
// the count is one of kDoubleCount.
struct TotalsRow {
  weir_text user;
  std::int64_t start;
  std::int64_t end;
  Totals totals;
};
inline constexpr std::int64_t kSilentSum = 11;
inline constexpr std::int64_t kDoubleCount = 5;

// Amounts and sums that the functions refuse.
inline constexpr std::int64_t kBadAmount = -77;
inline constexpr std::int64_t kBadSum = 13;

// Functions of the aggregate.
weir_functions totals_functions();

// "user [start, end) count sum min"
std::string text_of_totals(std::string_view user,
                           std::int64_t start,
                           std::int64_t end,
                           const Totals& totals);
std::string text_of_totals_row(const void* row);

}  // namespace weir::harness
