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

// The steps that must have been done for those in `seen` to happen: in this window they may be
// missing because they fell into the one before.
std::uint32_t done_before(std::uint32_t seen) {
  const std::uint32_t sdk = bit(Component::Sdk);
  const std::uint32_t gateway = bit(Component::Gateway);
  const std::uint32_t together = all_steps() & ~(sdk | gateway);
  if ((seen & sdk) != 0) return 0;
  if ((seen & gateway) != 0) return sdk;
  return (seen & together) != 0 ? sdk | gateway : 0;
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

template <class Record>
auto useful(weir::Flow& flow, const char* port, const char* filter) {
  return flow.source<Record>(port)
      .event_time(&Record::tm, weir::out_of_order(6s))
      .filter(filter, [](const Record& record) { return is_useful(record); });
}

}  // namespace

std::int32_t& StepCosts::of(Component component) {
  switch (component) {
    case Component::Sdk: return sdk;
    case Component::Gateway: return gateway;
    case Component::Media: return media;
    case Component::Channel: return channel;
    case Component::Courseware: return courseware;
    default: return none;
  }
}

void StepCosts::merge(const StepCosts& other) {
  none = std::max(none, other.none);
  sdk = std::max(sdk, other.sdk);
  gateway = std::max(gateway, other.gateway);
  media = std::max(media, other.media);
  channel = std::max(channel, other.channel);
  courseware = std::max(courseware, other.courseware);
}

std::int64_t StepCosts::sum() const {
  return std::int64_t{none} + sdk + gateway + media + channel + courseware;
}

void EnterAttempt::add(const EnterEvent& event) {
  ++events;
  if (event.left) left_at = std::max(left_at, event.tm);
  if (event.attempt == 0) {
    if (event.ok) seen_working |= bit(event.component);
    return;
  }
  if (event.attempt > attempt) {
    attempt = event.attempt;
    succeeded = failed = 0;
    costs = {};
    stepped_at = kNever;
  }
  if (event.attempt < attempt) return;
  (event.ok ? succeeded : failed) |= bit(event.component);
  std::int32_t& cost = costs.of(event.component);
  cost = std::max(cost, event.cost_ms);
  stepped_at = std::max(stepped_at, event.tm);
}

void EnterAttempt::merge(const EnterAttempt& other) {
  events += other.events;
  left_at = std::max(left_at, other.left_at);
  seen_working |= other.seen_working;
  if (other.attempt > attempt) {
    attempt = other.attempt;
    succeeded = other.succeeded;
    failed = other.failed;
    costs = other.costs;
    stepped_at = other.stepped_at;
  } else if (other.attempt == attempt) {
    succeeded |= other.succeeded;
    failed |= other.failed;
    costs.merge(other.costs);
    stepped_at = std::max(stepped_at, other.stepped_at);
  }
}

EnterVerdict judge(const EnterAttempt& attempt, std::int64_t slow_enter_ms) {
  if (attempt.attempt == 0)
    return {.has_label = false, .label = EnterOutcome::Entered, .component = Component::None};
  const std::uint32_t working =
      attempt.succeeded | attempt.seen_working | done_before(attempt.succeeded | attempt.failed);
  const std::uint32_t missing = all_steps() & ~working;
  if (missing == 0) {
    const bool slow = attempt.costs.sum() > slow_enter_ms;
    return {.has_label = true,
            .label = slow ? EnterOutcome::Slow : EnterOutcome::Entered,
            .component = Component::None};
  }
  const std::uint32_t failed = attempt.failed & missing;
  return {
      .has_label = true,
      .label = attempt.left_at > attempt.stepped_at ? EnterOutcome::Failed : EnterOutcome::Retrying,
      .component = first_of(failed != 0 ? failed : missing)};
}

weir::Stream<EnterEvent> enter_events(weir::Flow& flow) {
  auto steps = useful<EnterStep>(flow, "enter", "useful-enter").map("from-enter", from_step);
  auto signals = useful<Signal>(flow, "signal", "useful-signal").map("from-signal", from_signal);
  auto samples = useful<AvSample>(flow, "av", "useful-av").map("from-av", from_av);
  auto actions = useful<CoursewareAction>(flow, "courseware", "useful-courseware")
                     .map("from-courseware", from_courseware);
  return flow.unite("events", steps, signals, samples, actions);
}

void define_enter(weir::Flow& flow) {
  flow.doc("did the user get into the lesson, and which component is to blame if not?");
  const auto slow =
      flow.param("slow_enter_ms", 10'000, "entering that takes longer than this is labelled Slow");

  enter_events(flow)
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
                 .cost_ms = attempt.costs.sum(),
                 .events = attempt.events,
                 .rules = "1.0"});
          })
      .sink("labels");
}

}  // namespace classroom
