// 1.2: counts the steps that failed, and calls entering that took two of them or more Shaky. A
// new field in the state and a new label.
#pragma once

#include "parallel.h"

namespace classroom_versions {
namespace v1_2 {

enum class EnterOutcome : std::int32_t { Entered, Slow, Failed, Retrying, Shaky };
WEIR_ENUM(EnterOutcome, Entered, Slow, Failed, Retrying, Shaky)

// As before, with one outcome more.
struct EnterLabel {
  weir::Text lesson_id, user_id;
  weir::Time window_start, window_end;
  EnterOutcome label;
  Component component;
  std::int32_t attempts;
  std::int64_t cost_ms;
  std::int32_t events;
  weir::Text rules;
};
WEIR_RECORD(EnterLabel,
            lesson_id,
            user_id,
            window_start,
            window_end,
            label,
            component,
            attempts,
            cost_ms,
            events,
            rules)

struct EnterAttempt {
  std::int32_t attempt = 0;
  std::uint32_t succeeded = 0;
  std::uint32_t failed = 0;
  classroom::StepCosts costs;
  weir::Time stepped_at = classroom::kNever;
  std::uint32_t seen_working = 0;
  std::int32_t events = 0;
  weir::Time left_at = classroom::kNever;
  std::int32_t failures = 0;  // New: steps that failed, of all attempts.
};
WEIR_STATE(EnterAttempt,
           3,
           attempt,
           succeeded,
           failed,
           costs,
           stepped_at,
           seen_working,
           events,
           left_at,
           failures)

}  // namespace v1_2

// What the state has in common with that of 1.0.
template <class Attempt>
auto fields_of_first(Attempt& attempt) {
  return std::tie(attempt.attempt,
                  attempt.succeeded,
                  attempt.failed,
                  attempt.costs,
                  attempt.stepped_at,
                  attempt.seen_working,
                  attempt.events,
                  attempt.left_at);
}

struct Rules1_2 : Rules1_1 {
  using Attempt = v1_2::EnterAttempt;
  using Label = v1_2::EnterLabel;
  static constexpr const char* kName = "1.2";
  static constexpr std::int32_t kShakyFailures = 2;

  struct Verdict {
    bool has_label;
    v1_2::EnterOutcome label;
    Component component;
  };

  static void add(Attempt& attempt, const EnterEvent& event) {
    Rules1_1::Attempt first = as_first(attempt);
    Rules1_1::add(first, event);
    fields_of_first(attempt) = fields_of_first(first);
    if (event.attempt > 0 && !event.ok) ++attempt.failures;
  }

  static void merge(Attempt& into, const Attempt& from) {
    Rules1_1::Attempt first = as_first(into);
    Rules1_1::merge(first, as_first(from));
    fields_of_first(into) = fields_of_first(first);
    into.failures += from.failures;
  }

  static Verdict judge(const Attempt& attempt, std::int64_t slow_enter_ms) {
    const auto first = Rules1_1::judge(as_first(attempt), slow_enter_ms);
    // The outcomes of before have kept their numbers.
    Verdict verdict{
        first.has_label, v1_2::EnterOutcome{static_cast<int>(first.label)}, first.component};
    if (first.label == EnterOutcome::Entered && attempt.failures >= kShakyFailures) {
      verdict.label = v1_2::EnterOutcome::Shaky;
    }
    return verdict;
  }

  static std::int64_t cost_ms(const Attempt& attempt) { return attempt.costs.sum(); }

  static Rules1_1::Attempt as_first(const Attempt& attempt) {
    Rules1_1::Attempt first;
    fields_of_first(first) = fields_of_first(attempt);
    return first;
  }
};

}  // namespace classroom_versions
