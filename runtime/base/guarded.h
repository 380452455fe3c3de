#pragma once

#include <mutex>
#include <utility>

namespace weir {

// A value shared between threads that can only be reached under its lock.
//   guarded.with([](Queue& queue) { queue.push_back(item); });
template <class T>
class Guarded final {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() = default;

  // Calls `use` with the value while no other thread has it; returns what `use` returns, which
  // must not refer to the value.
  template <class Use>
  auto with(Use&& use) {
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(value_);
  }
  template <class Use>
  auto with(Use&& use) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(std::as_const(value_));
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace weir
