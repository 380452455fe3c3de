#include <limits>

#include "parallel.h"

namespace {

// 1.4, bad: so slow that it falls behind. For every event it looks at everything anew, and says the
// same.
struct Rules1_4 : classroom_versions::Rules1_1 {
  static constexpr const char* kName = "1.4";

  static void add(Attempt& attempt, const classroom::EnterEvent& event) {
    constexpr int kRounds = 20'000;
    volatile std::int64_t sum = 0;
    for (int round = 0; round < kRounds; ++round)
      sum = sum + cost_ms(attempt);
    if (sum > std::numeric_limits<std::int64_t>::min()) Rules1_1::add(attempt, event);
  }
};

}  // namespace

WEIR_CLASSROOM("1.4.0", Rules1_4)
