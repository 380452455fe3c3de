// The streams of the classroom as its clients report them, and the labels made of them. What each
// field means and who reports it: README.md.
#pragma once

#include <cstdint>

#include <weir/sdk.h>

namespace classroom {

// The way into the room, in this order; the last three start together.
enum class Component : std::int32_t { None, Sdk, Gateway, Media, Channel, Courseware };
WEIR_ENUM(Component, None, Sdk, Gateway, Media, Channel, Courseware)

enum class SignalKind : std::int32_t { Join, Leave, Reconnect, Heartbeat };
WEIR_ENUM(SignalKind, Join, Leave, Reconnect, Heartbeat)

enum class Action : std::int32_t { Load, Turn, Draw, Drag };
WEIR_ENUM(Action, Load, Turn, Draw, Drag)

// One step of a user entering the room. A failed step ends the attempt; the client starts again
// with the next attempt or gives up.
struct EnterStep {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;                // useful: keep it
  std::int32_t attempt;  // 1, 2, …
  Component step;
  bool ok;
  std::int32_t cost_ms;
};
WEIR_RECORD(EnterStep,
            (tm, "", "when it happened, by the client's clock"),
            (user_id, "", "who reports"),
            (lesson_id, "", "the lesson the user is in"),
            (client_version, "", "version of the reporting client"),
            (f, "", "useful: false when the client itself marks the record as a test or a repeat"),
            (attempt, "", "number of the attempt to enter, from 1"),
            (step, "", "the step that ended"),
            (ok, "", "whether it succeeded"),
            (cost_ms, "ms", "how long it took"))

// A signalling message of the classroom.
struct Signal {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  SignalKind kind;
};
WEIR_RECORD(Signal,
            (tm, "", "when it happened, by the client's clock"),
            (user_id, "", "who reports"),
            (lesson_id, "", "the lesson the user is in"),
            (client_version, "", "version of the reporting client"),
            (f, "", "useful: false when the client itself marks the record as a test or a repeat"),
            (kind, "", "what happened"))

// Audio and video quality of one user over the last half second.
struct AvSample {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  std::int32_t sent_kbit, received_kbit, stalled_ms;
};
WEIR_RECORD(AvSample,
            (tm, "", "when it happened, by the client's clock"),
            (user_id, "", "who reports"),
            (lesson_id, "", "the lesson the user is in"),
            (client_version, "", "version of the reporting client"),
            (f, "", "useful: false when the client itself marks the record as a test or a repeat"),
            (sent_kbit, "kbit", "sent in the last half second"),
            (received_kbit, "kbit", "received in the last half second"),
            (stalled_ms, "ms", "how long playing stood still in the last half second"))

// What a teacher did to the courseware, or when it appeared on the student's side (same action_id).
struct CoursewareAction {
  weir::Time tm;
  weir::Text user_id, lesson_id, client_version;
  bool f;
  std::int64_t action_id;
  Action action;
  bool ok;
};
WEIR_RECORD(CoursewareAction,
            (tm, "", "when it happened, by the client's clock"),
            (user_id, "", "who reports"),
            (lesson_id, "", "the lesson the user is in"),
            (client_version, "", "version of the reporting client"),
            (f, "", "useful: false when the client itself marks the record as a test or a repeat"),
            (action_id, "", "given by the teacher's client; the student's client reports the same"),
            (action, "", "what was done"),
            (ok, "", "whether it succeeded"))

// A record is useful when its client says so and it tells whom it is about.
template <class Record>
bool is_useful(const Record& record) {
  return record.f && !record.user_id.empty() && !record.lesson_id.empty();
}

enum class EnterOutcome : std::int32_t { Entered, Slow, Failed, Retrying };
WEIR_ENUM(EnterOutcome, Entered, Slow, Failed, Retrying)

// How entering went for one user of one lesson in one window.
struct EnterLabel {
  weir::Text lesson_id, user_id;
  weir::Time window_start, window_end;
  EnterOutcome label;
  Component component;    // who is to blame; None when entered
  std::int32_t attempts;  // number of the last attempt
  std::int64_t cost_ms;   // of the steps of the last attempt
  std::int32_t events;    // rows the label was made of
  weir::Text rules;       // version of the rules that made it
};
WEIR_RECORD(EnterLabel,
            (lesson_id, "", "the lesson the user is in"),
            (user_id, "", "whom the label is about"),
            (window_start, "", "first millisecond of the window"),
            (window_end, "", "first millisecond after the window"),
            (label, "", "how entering went"),
            (component, "", "who is to blame; None when entered"),
            (attempts, "", "number of the last attempt"),
            (cost_ms, "ms", "all steps of the last attempt together"),
            (events, "rows", "rows the label was made of"),
            (rules, "", "version of the rules that made the label"))

enum class CoursewareOutcome : std::int32_t { InSync, OutOfSync, LoadFailed, CannotDraw };
WEIR_ENUM(CoursewareOutcome, InSync, OutOfSync, LoadFailed, CannotDraw)

// How the courseware of one lesson did in one window.
struct CoursewareLabel {
  weir::Text lesson_id;
  weir::Time window_start, window_end;
  CoursewareOutcome label;
  std::int32_t teacher_actions, student_actions;
  std::int32_t missing;       // teacher's actions that never showed up at the student's
  std::int64_t max_delay_ms;  // slowest of those that did
};
WEIR_RECORD(CoursewareLabel,
            (lesson_id, "", "the lesson the user is in"),
            (window_start, "", "first millisecond of the window"),
            (window_end, "", "first millisecond after the window"),
            (label, "", "how the courseware did"),
            (teacher_actions, "rows", "what the teacher did"),
            (student_actions, "rows", "what showed at the student's"),
            (missing, "rows", "actions of the teacher that never showed"),
            (max_delay_ms, "ms", "slowest of those that showed"))

}  // namespace classroom
