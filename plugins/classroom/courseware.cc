#include "courseware.h"

#include <algorithm>
#include <unordered_map>

using namespace std::chrono_literals;

namespace classroom {

CoursewareFindings compare(weir::Rows<CoursewareAction> teacher,
                           weir::Rows<CoursewareAction> student,
                           weir::Window window,
                           std::int64_t grace_ms) {
  CoursewareFindings findings;
  std::unordered_map<std::int64_t, weir::Time> shown;  // action id → when the student first saw it
  for (const CoursewareAction& action : student) {
    if (!action.ok && action.action == Action::Load) findings.load_failed = true;
    if (!action.ok && (action.action == Action::Draw || action.action == Action::Drag))
      findings.cannot_draw = true;
    if (action.ok) shown.try_emplace(action.action_id, action.tm);
  }
  for (const CoursewareAction& action : teacher) {
    const auto seen = shown.find(action.action_id);
    if (seen != shown.end()) {
      findings.max_delay_ms = std::max(findings.max_delay_ms, (seen->second - action.tm).count());
    } else if ((window.end - action.tm).count() > grace_ms) {
      ++findings.missing;
    }
  }
  return findings;
}

CoursewareOutcome judge(const CoursewareFindings& findings, std::int64_t out_of_sync_ms) {
  if (findings.load_failed) return CoursewareOutcome::LoadFailed;
  if (findings.cannot_draw) return CoursewareOutcome::CannotDraw;
  const bool late = findings.missing > 0 || findings.max_delay_ms > out_of_sync_ms;
  return late ? CoursewareOutcome::OutOfSync : CoursewareOutcome::InSync;
}

void define_courseware(weir::Flow& flow) {
  flow.doc("does the student see what the teacher does?");
  const auto out_of_sync =
      flow.param("out_of_sync_ms",
                 3'000,
                 "an action that shows at the student's later than this is out of sync");

  const auto side = [&flow](const char* port, const char* filter, const char* key) {
    return flow.source<CoursewareAction>(port)
        .event_time(&CoursewareAction::tm, weir::out_of_order(6s))
        .filter(filter, [](const CoursewareAction& action) { return is_useful(action); })
        .key_by(key, &CoursewareAction::lesson_id);
  };

  flow.cogroup("sides",
               side("teacher", "useful-teacher", "teacher-lesson"),
               side("student", "useful-student", "student-lesson"),
               weir::sliding(30s, 15s),
               [out_of_sync](const auto& key,
                             weir::Window window,
                             weir::Rows<CoursewareAction> teacher,
                             weir::Rows<CoursewareAction> student,
                             weir::Out<CoursewareLabel> out) {
                 const CoursewareFindings findings = compare(teacher, student, window, out_of_sync);
                 const auto& [lesson_id] = key;
                 out({.lesson_id = lesson_id,
                      .window_start = window.start,
                      .window_end = window.end,
                      .label = judge(findings, out_of_sync),
                      .teacher_actions = static_cast<std::int32_t>(teacher.size()),
                      .student_actions = static_cast<std::int32_t>(student.size()),
                      .missing = findings.missing,
                      .max_delay_ms = findings.max_delay_ms});
               })
      .sink("labels");
}

}  // namespace classroom
