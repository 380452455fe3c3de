#include <atomic>

#include "parallel.h"

namespace {

std::atomic<int> events_seen = 0;

// 1.5, bad: kills the process at its 1000th event.
struct Rules1_5 : classroom_versions::Rules1_1 {
  static constexpr const char* kName = "1.5";

  static void add(Attempt& attempt, const classroom::EnterEvent& event) {
    if (events_seen.fetch_add(1) == 999) __builtin_trap();
    Rules1_1::add(attempt, event);
  }
};

}  // namespace

WEIR_CLASSROOM("1.5.0", Rules1_5)
