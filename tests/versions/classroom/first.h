// Job "enter" as a frame that versions fill, and version 1.0 as the first filling: the functions of
// plugins/classroom themselves. A later version derives from the one before it and says what it
// changes.
#pragma once

#include <tuple>

#include <weir/sdk.h>

#include "courseware.h"
#include "enter.h"

namespace classroom_versions {

using classroom::Component;
using classroom::EnterEvent;
using classroom::EnterOutcome;

struct Rules1_0 {
  using Attempt = classroom::EnterAttempt;
  using Label = classroom::EnterLabel;
  static constexpr const char* kName = "1.0";
  static constexpr weir::Duration kWindow = 30s;

  static void add(Attempt& attempt, const EnterEvent& event) { attempt.add(event); }
  static void merge(Attempt& into, const Attempt& from) { into.merge(from); }
  static classroom::EnterVerdict judge(const Attempt& attempt, std::int64_t slow_enter_ms) {
    return classroom::judge(attempt, slow_enter_ms);
  }
  static std::int64_t cost_ms(const Attempt& attempt) { return attempt.costs.sum(); }
};

template <class Rules>
void define_enter(weir::Flow& flow) {
  using Attempt = typename Rules::Attempt;
  using Label = typename Rules::Label;
  flow.doc("did the user get into the lesson, and which component is to blame if not?");
  const auto slow =
      flow.param("slow_enter_ms", 10'000, "entering that takes longer than this is labelled Slow");

  classroom::enter_events(flow)
      .key_by("user", &EnterEvent::lesson_id, &EnterEvent::user_id)
      .window("attempts", weir::tumbling(Rules::kWindow))
      .template aggregate<Attempt>(
          [](Attempt& attempt, const EnterEvent& event) { Rules::add(attempt, event); },
          [](Attempt& into, const Attempt& from) { Rules::merge(into, from); },
          [slow](
              const auto& key, weir::Window window, const Attempt& attempt, weir::Out<Label> out) {
            const auto verdict = Rules::judge(attempt, slow);
            if (!verdict.has_label) return;
            const auto& [lesson_id, user_id] = key;
            out({.lesson_id = lesson_id,
                 .user_id = user_id,
                 .window_start = window.start,
                 .window_end = window.end,
                 .label = verdict.label,
                 .component = verdict.component,
                 .attempts = attempt.attempt,
                 .cost_ms = Rules::cost_ms(attempt),
                 .events = attempt.events,
                 .rules = Rules::kName});
          })
      .sink("labels");
}

}  // namespace classroom_versions

// WEIR_CLASSROOM("1.1.0", Rules1_1): the plugin with that filling; its other job is as ever.
#define WEIR_CLASSROOM(version, Rules)                     \
  WEIR_PLUGIN("classroom", version) {                      \
    job("enter", classroom_versions::define_enter<Rules>); \
    job("courseware", classroom::define_courseware);       \
  }
