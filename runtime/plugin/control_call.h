// Keeps the promise of weir/abi.h about the functions tagged [control].
#pragma once

#include <mutex>

namespace weir {

// For the length of a call into a plugin tagged [control]: jobs are opened and closed on threads of
// their own, but those calls never overlap. One lock for all plugins: the calls are short and rare.
class ControlCall final {
 public:
  ControlCall() : lock_(mutex()) {}

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }

  std::lock_guard<std::mutex> lock_;
};

}  // namespace weir
