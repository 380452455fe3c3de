#include "parallel.h"

namespace {

// 1.6, bad: everybody failed, in every window, also who has been in the room for an hour.
struct Rules1_6 : classroom_versions::Rules1_1 {
  static constexpr const char* kName = "1.6";

  static classroom::EnterVerdict judge(const Attempt&, std::int64_t) {
    return {.has_label = true,
            .label = classroom::EnterOutcome::Failed,
            .component = classroom::Component::Sdk};
  }
};

}  // namespace

WEIR_CLASSROOM("1.6.0", Rules1_6)
