// Job "enter": did the user get into the lesson, and if not, which component is to blame?
#pragma once

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

// Everything in it is a maximum, a sum or a union, so that the order of arrival does not matter.
struct EnterAttempt {
  std::int32_t attempt = 0;     // the last one seen; the next three fields speak of it only
  std::uint32_t succeeded = 0;  // one bit for each component
  std::uint32_t failed = 0;
  std::int32_t cost_ms = 0;
  std::uint32_t seen_working = 0;  // components that other streams show at work
  std::int32_t events = 0;
  bool left = false;

  void add(const EnterEvent& event);
  void merge(const EnterAttempt& other);
};
WEIR_STATE(EnterAttempt, 1, attempt, succeeded, failed, cost_ms, seen_working, events, left)

// Nothing when the window holds no attempt to enter.
struct EnterVerdict {
  bool has_label;
  EnterOutcome label;
  Component component;
};
EnterVerdict judge(const EnterAttempt& attempt, std::int64_t slow_enter_ms);

void define_enter(weir::Flow& flow);

}  // namespace classroom
