// Job "courseware": does the student see what the teacher does?
#pragma once

#include <cstdint>

#include <weir/sdk.h>

#include "records.h"

namespace classroom {

// What both sides of one lesson add up to in one window.
struct CoursewareFindings {
  bool load_failed = false;
  bool cannot_draw = false;
  std::int32_t missing = 0;
  std::int64_t max_delay_ms = 0;
};

// Rows in order of event time. A teacher's action younger than `grace_ms` before the window's end
// may still arrive: it is not missing.
CoursewareFindings compare(weir::Rows<CoursewareAction> teacher,
                           weir::Rows<CoursewareAction> student,
                           weir::Window window,
                           std::int64_t grace_ms);

CoursewareOutcome judge(const CoursewareFindings& findings, std::int64_t out_of_sync_ms);

void define_courseware(weir::Flow& flow);

}  // namespace classroom
