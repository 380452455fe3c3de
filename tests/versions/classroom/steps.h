// 2.0: the state names the steps instead of keeping a bit for each. Fields of the same name have
// another type, which no reading by name bridges.
#pragma once

#include "shaky.h"

namespace classroom_versions {
namespace v2_0 {

struct Steps {
  bool sdk = false, gateway = false, media = false, channel = false, courseware = false;
};
WEIR_RECORD(Steps, sdk, gateway, media, channel, courseware)

struct EnterAttempt {
  std::int32_t attempt = 0;
  Steps succeeded, failed;
  classroom::StepCosts costs;
  weir::Time stepped_at = classroom::kNever;
  Steps seen_working;
  std::int32_t events = 0;
  weir::Time left_at = classroom::kNever;
  std::int32_t failures = 0;
};
WEIR_STATE(EnterAttempt,
           4,
           attempt,
           succeeded,
           failed,
           costs,
           stepped_at,
           seen_working,
           events,
           left_at,
           failures)

constexpr std::uint32_t bit(Component component) {
  return 1U << static_cast<std::uint32_t>(component);
}

inline Steps named(std::uint32_t bits) {
  const auto is_set = [bits](Component component) { return (bits & bit(component)) != 0; };
  return {.sdk = is_set(Component::Sdk),
          .gateway = is_set(Component::Gateway),
          .media = is_set(Component::Media),
          .channel = is_set(Component::Channel),
          .courseware = is_set(Component::Courseware)};
}

inline std::uint32_t bits_of(const Steps& steps) {
  return (steps.sdk ? bit(Component::Sdk) : 0) | (steps.gateway ? bit(Component::Gateway) : 0) |
         (steps.media ? bit(Component::Media) : 0) | (steps.channel ? bit(Component::Channel) : 0) |
         (steps.courseware ? bit(Component::Courseware) : 0);
}

// A bit of nothing, which 1.2 may have kept of a step without a component, means nothing here.
inline EnterAttempt from_bits(const v1_2::EnterAttempt& old) {
  return {.attempt = old.attempt,
          .succeeded = named(old.succeeded),
          .failed = named(old.failed),
          .costs = old.costs,
          .stepped_at = old.stepped_at,
          .seen_working = named(old.seen_working),
          .events = old.events,
          .left_at = old.left_at,
          .failures = old.failures};
}

inline v1_2::EnterAttempt to_bits(const EnterAttempt& attempt) {
  return {.attempt = attempt.attempt,
          .succeeded = bits_of(attempt.succeeded),
          .failed = bits_of(attempt.failed),
          .costs = attempt.costs,
          .stepped_at = attempt.stepped_at,
          .seen_working = bits_of(attempt.seen_working),
          .events = attempt.events,
          .left_at = attempt.left_at,
          .failures = attempt.failures};
}

}  // namespace v2_0

struct Rules2_0 : Rules1_2 {
  using Attempt = v2_0::EnterAttempt;
  static constexpr const char* kName = "2.0";

  static void add(Attempt& attempt, const EnterEvent& event) {
    Rules1_2::Attempt before = v2_0::to_bits(attempt);
    Rules1_2::add(before, event);
    attempt = v2_0::from_bits(before);
  }
  static void merge(Attempt& into, const Attempt& from) {
    Rules1_2::Attempt before = v2_0::to_bits(into);
    Rules1_2::merge(before, v2_0::to_bits(from));
    into = v2_0::from_bits(before);
  }
  static Verdict judge(const Attempt& attempt, std::int64_t slow_enter_ms) {
    return Rules1_2::judge(v2_0::to_bits(attempt), slow_enter_ms);
  }
  static std::int64_t cost_ms(const Attempt& attempt) { return attempt.costs.sum(); }
};

}  // namespace classroom_versions
