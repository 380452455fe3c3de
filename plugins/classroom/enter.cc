#include "enter.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace classroom {
namespace {

constexpr std::uint32_t bit(Component component) {
  return 1U << static_cast<std::uint32_t>(component);
}

constexpr Component kSteps[] = {Component::Sdk,
                                Component::Gateway,
                                Component::Media,
                                Component::Channel,
                                Component::Courseware};

constexpr std::uint32_t all_steps() {
  std::uint32_t bits = 0;
  for (const Component step : kSteps)
    bits |= bit(step);
  return bits;
}

Component first_of(std::uint32_t components) {
  for (const Component step : kSteps) {
    if ((components & bit(step)) != 0) return step;
  }
  return Component::None;
}

EnterEvent from_step(const EnterStep& step) {
  return {.tm = step.tm,
          .user_id = step.user_id,
          .lesson_id = step.lesson_id,
          .attempt = step.attempt,
          .component = step.step,
          .ok = step.ok,
          .left = false,
          .cost_ms = step.cost_ms};
}

// A heartbeat travels through the message channel: proof that the channel works.
EnterEvent from_signal(const Signal& signal) {
  const bool beats = signal.kind == SignalKind::Heartbeat;
  return {.tm = signal.tm,
          .user_id = signal.user_id,
          .lesson_id = signal.lesson_id,
          .attempt = 0,
          .component = beats ? Component::Channel : Component::None,
          .ok = beats,
          .left = signal.kind == SignalKind::Leave,
          .cost_ms = 0};
}

EnterEvent from_av(const AvSample& sample) {
  return {.tm = sample.tm,
          .user_id = sample.user_id,
          .lesson_id = sample.lesson_id,
          .attempt = 0,
          .component = Component::Media,
          .ok = sample.received_kbit > 0,
          .left = false,
          .cost_ms = 0};
}

EnterEvent from_courseware(const CoursewareAction& action) {
  return {.tm = action.tm,
          .user_id = action.user_id,
          .lesson_id = action.lesson_id,
          .attempt = 0,
          .component = Component::Courseware,
          .ok = action.ok,
          .left = false,
          .cost_ms = 0};
}

// A record is useful when its client says so and it tells whom it is about.
template <class Record>
bool is_useful(const Record& record) {
  return record.f && !record.user_id.empty() && !record.lesson_id.empty();
}

template <class Record>
auto useful(weir::Flow& flow, const char* port, const char* filter) {
  return flow.source<Record>(port)
      .event_time(&Record::tm, weir::out_of_order(6s))
      .filter(filter, [](const Record& record) { return is_useful(record); });
}

}  // namespace

void EnterAttempt::add(const EnterEvent& event) {
  ++events;
  left = left || event.left;
  if (event.attempt == 0) {
    if (event.ok) seen_working |= bit(event.component);
    return;
  }
  if (event.attempt > attempt) {
    attempt = event.attempt;
    succeeded = failed = 0;
    cost_ms = 0;
  }
  if (event.attempt < attempt) return;
  (event.ok ? succeeded : failed) |= bit(event.component);
  cost_ms += event.cost_ms;
}

void EnterAttempt::merge(const EnterAttempt& other) {
  events += other.events;
  left = left || other.left;
  seen_working |= other.seen_working;
  if (other.attempt > attempt) {
    attempt = other.attempt;
    succeeded = other.succeeded;
    failed = other.failed;
    cost_ms = other.cost_ms;
  } else if (other.attempt == attempt) {
    succeeded |= other.succeeded;
    failed |= other.failed;
    cost_ms += other.cost_ms;
  }
}

EnterVerdict judge(const EnterAttempt& attempt, std::int64_t slow_enter_ms) {
  if (attempt.attempt == 0)
    return {.has_label = false, .label = EnterOutcome::Entered, .component = Component::None};
  const std::uint32_t working = attempt.succeeded | attempt.seen_working;
  const std::uint32_t missing = all_steps() & ~working;
  if (missing == 0) {
    const bool slow = attempt.cost_ms > slow_enter_ms;
    return {.has_label = true,
            .label = slow ? EnterOutcome::Slow : EnterOutcome::Entered,
            .component = Component::None};
  }
  const std::uint32_t failed = attempt.failed & missing;
  return {.has_label = true,
          .label = attempt.left ? EnterOutcome::Failed : EnterOutcome::Retrying,
          .component = first_of(failed != 0 ? failed : missing)};
}

void define_enter(weir::Flow& flow) {
  flow.doc("did the user get into the lesson, and which component is to blame if not?");
  const auto slow =
      flow.param("slow_enter_ms", 10'000, "entering that takes longer than this is labelled Slow");

  auto steps = useful<EnterStep>(flow, "enter", "useful-enter").map("from-enter", from_step);
  auto signals = useful<Signal>(flow, "signal", "useful-signal").map("from-signal", from_signal);
  auto samples = useful<AvSample>(flow, "av", "useful-av").map("from-av", from_av);
  auto actions = useful<CoursewareAction>(flow, "courseware", "useful-courseware")
                     .map("from-courseware", from_courseware);

  flow.unite("events", steps, signals, samples, actions)
      .key_by("user", &EnterEvent::lesson_id, &EnterEvent::user_id)
      .window("attempts", weir::tumbling(30s))
      .aggregate<EnterAttempt>(
          [](EnterAttempt& attempt, const EnterEvent& event) { attempt.add(event); },
          [](EnterAttempt& into, const EnterAttempt& from) { into.merge(from); },
          [slow](const auto& key,
                 weir::Window window,
                 const EnterAttempt& attempt,
                 weir::Out<EnterLabel> out) {
            const EnterVerdict verdict = judge(attempt, slow);
            if (!verdict.has_label) return;
            const auto& [lesson_id, user_id] = key;
            out({.lesson_id = lesson_id,
                 .user_id = user_id,
                 .window_start = window.start,
                 .window_end = window.end,
                 .label = verdict.label,
                 .component = verdict.component,
                 .attempts = attempt.attempt,
                 .cost_ms = attempt.cost_ms,
                 .events = attempt.events});
          })
      .sink("labels");
}

}  // namespace classroom
