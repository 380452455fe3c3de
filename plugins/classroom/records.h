// The streams of the classroom as its clients report them, and the labels made of them. What each field means and who reports it:
// README.md.
#pragma once

#include <weir/sdk.h>

#include <cstdint>

namespace classroom {

// The way into the room, in this order; the last three start together.
WEIR_ENUM(Component, None, Sdk, Gateway, Media, Channel, Courseware)

WEIR_ENUM(SignalKind, Join, Leave, Reconnect, Heartbeat)
WEIR_ENUM(Action, Load, Turn, Draw, Drag)

// One step of a user entering the room. A failed step ends the attempt; the client starts again with the next attempt or gives up.
struct EnterStep {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;                  // useful: keep it
  std::int32_t attempt;    // 1, 2, …
  Component step;
  bool ok;
  std::int32_t cost_ms;
};
WEIR_RECORD(EnterStep, tm, user_id, lesson_id, client_version, f, attempt, step, ok, cost_ms)

// A signalling message of the classroom.
struct Signal {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  SignalKind kind;
};
WEIR_RECORD(Signal, tm, user_id, lesson_id, client_version, f, kind)

// Audio and video quality of one user over the last half second.
struct AvSample {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  std::int32_t sent_kbit, received_kbit, stalled_ms;
};
WEIR_RECORD(AvSample, tm, user_id, lesson_id, client_version, f, sent_kbit, received_kbit, stalled_ms)

// What a teacher did to the courseware, or when it appeared on the student's side (same action_id).
struct CoursewareAction {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  std::int64_t action_id;
  Action action;
  bool ok;
};
WEIR_RECORD(CoursewareAction, tm, user_id, lesson_id, client_version, f, action_id, action, ok)

WEIR_ENUM(EnterOutcome, Entered, Slow, Failed, Retrying)

// How entering went for one user of one lesson in one window.
struct EnterLabel {
  weir::Text lesson_id, user_id;
  weir::Time window_start, window_end;
  EnterOutcome label;
  Component component;     // who is to blame; None when entered
  std::int32_t attempts;   // number of the last attempt
  std::int32_t cost_ms;    // of the steps of the last attempt
  std::int32_t events;     // rows the label was made of
};
WEIR_RECORD(EnterLabel, lesson_id, user_id, window_start, window_end, label, component, attempts, cost_ms, events)

WEIR_ENUM(CoursewareOutcome, InSync, OutOfSync, LoadFailed, CannotDraw)

// How the courseware of one lesson did in one window.
struct CoursewareLabel {
  weir::Text lesson_id;
  weir::Time window_start, window_end;
  CoursewareOutcome label;
  std::int32_t teacher_actions, student_actions;
  std::int32_t missing;        // teacher's actions that never showed up at the student's
  std::int64_t max_delay_ms;   // slowest of those that did
};
WEIR_RECORD(CoursewareLabel, lesson_id, window_start, window_end, label, teacher_actions, student_actions, missing,
            max_delay_ms)

}  // namespace classroom
