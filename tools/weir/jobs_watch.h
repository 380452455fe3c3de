#pragma once

#include <optional>
#include <string>

#include "arguments.h"
#include "base/clock.h"
#include "console.h"

namespace weir {

// Applies a jobs file by itself when it changes. Used on one thread, which it holds up while it
// applies.
class JobsWatch final {
 public:
  // `arguments` of `weir run`; `address`: where its host listens. Console and clock outlive it.
  JobsWatch(const Arguments& arguments,
            const std::string& address,
            const Clock& clock,
            Console& console);

  // To be called often: a file that has stood still for a while is acted on, once. A half-written
  // one is not: it would have mistakes, or change again.
  void look();

 private:
  void act();

  Arguments arguments_;  // As apply takes them.
  const Clock& clock_;
  Console& console_;
  std::string handled_;  // The text that was acted on last.
  std::string seen_;
  MonotonicTime seen_at_;
};

}  // namespace weir
