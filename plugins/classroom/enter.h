// Job "enter": did the user get into the lesson, and if not, which component is to blame?
#pragma once

#include <limits>

#include <weir/sdk.h>

#include "records.h"

namespace classroom {

// What the four streams say about entering, brought into one shape.
struct EnterEvent {
  weir::Time tm;
  weir::Text user_id, lesson_id;
  std::int32_t attempt;  // 0: not part of an attempt, only evidence
  Component component;   // that this event speaks of; None: of the user
  bool ok;
  bool left;  // the user gave up or went home
  std::int32_t cost_ms;
};
WEIR_RECORD(EnterEvent, tm, user_id, lesson_id, attempt, component, ok, left, cost_ms)

// How long each step took, in ms: the longest of what was reported, as clients report twice.
struct StepCosts {
  std::int32_t none = 0, sdk = 0, gateway = 0, media = 0, channel = 0, courseware = 0;

  std::int32_t& of(Component component);
  void merge(const StepCosts& other);
  std::int64_t sum() const;
};
WEIR_RECORD(StepCosts, none, sdk, gateway, media, channel, courseware)

// Before all that is reported.
inline constexpr weir::Time kNever{std::numeric_limits<std::int64_t>::min()};

// Everything in it is a maximum, a sum or a union, so that the order of arrival does not matter.
struct EnterAttempt {
  std::int32_t attempt = 0;     // the last one seen; the next four fields speak of it only
  std::uint32_t succeeded = 0;  // one bit for each component
  std::uint32_t failed = 0;
  StepCosts costs;
  weir::Time stepped_at = kNever;  // the last step
  std::uint32_t seen_working = 0;  // components that other streams show at work
  std::int32_t events = 0;
  weir::Time left_at = kNever;  // when the user gave up or went home, the last time

  void add(const EnterEvent& event);
  void merge(const EnterAttempt& other);
};
WEIR_STATE(
    EnterAttempt, 2, attempt, succeeded, failed, costs, stepped_at, seen_working, events, left_at)

// Nothing when the window holds no attempt to enter.
struct EnterVerdict {
  bool has_label;
  EnterOutcome label;
  Component component;
};
EnterVerdict judge(const EnterAttempt& attempt, std::int64_t slow_enter_ms);

// What is useful of the four streams, in one shape.
weir::Stream<EnterEvent> enter_events(weir::Flow& flow);

void define_enter(weir::Flow& flow);

}  // namespace classroom
