#include "harness/window_expectation.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/format.h"
#include "harness/listing.h"
#include "harness/totals.h"
#include "harness/window_answer.h"

namespace weir::harness {

Observed expected_totals(const WindowSpec& spec, const std::vector<Step>& steps) {
  const auto answer =
      answer_of(spec, steps, [](const Input& input) { return input.amount == kBadAmount; });
  Observed expected;
  for (const auto& group : answer.fired) {
    Totals totals{0, 0, std::numeric_limits<std::int64_t>::max()};
    for (const Input& row : group.rows) {
      totals.count += 1;
      totals.sum += row.amount;
      totals.min = std::min(totals.min, row.amount);
    }
    if (totals.sum == kBadSum) {
      expected.refused_windows.push_back(
          format("{} [{}, {}): bad sum", group.user, group.start, group.end));
      continue;
    }
    if (totals.sum % kSilentSum == 0) continue;
    const int copies = totals.count == kDoubleCount ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      expected.rows.push_back(format(
          "{} {}", group.end - 1, text_of_totals(group.user, group.start, group.end, totals)));
    }
  }
  for (const Input& input : answer.late)
    expected.late.push_back(text_of(input));
  for (const Input& input : answer.refused)
    expected.refused.push_back(text_of(input) + ": bad amount");
  std::ranges::sort(expected.rows);
  std::ranges::sort(expected.late);
  std::ranges::sort(expected.refused);
  std::ranges::sort(expected.refused_windows);
  return expected;
}

Observed expected_listing(const WindowSpec& spec,
                          std::size_t side_count,
                          const std::vector<Step>& steps) {
  const auto answer = answer_of(spec, steps, [](const Input&) { return false; });
  Observed expected;
  for (const auto& group : answer.fired) {
    std::vector<std::vector<Input>> sides(side_count);
    for (const Input& row : group.rows)
      sides[row.port].push_back(row);
    for (std::vector<Input>& side : sides)
      std::ranges::stable_sort(side, {}, &Input::time);
    const bool is_refused =
        std::ranges::any_of(group.rows, [](const Input& row) { return row.note == kBadNote; });
    if (is_refused) {
      expected.refused_windows.push_back(
          format("{} [{}, {}): bad note", group.user, group.start, group.end));
    } else {
      expected.rows.push_back(format(
          "{} {}", group.end - 1, text_of_listing(group.user, group.start, group.end, sides)));
    }
  }
  for (const Input& input : answer.late)
    expected.late.push_back(text_of(input));
  std::ranges::sort(expected.rows);
  std::ranges::sort(expected.late);
  std::ranges::sort(expected.refused_windows);
  return expected;
}

}  // namespace weir::harness
