#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

// A number that one thread raises and any thread reads. Relaxed: readers want the number, not
// what happened before it.
class Counter final {
 public:
  void add(std::uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// A small value that is replaced and read as a whole, from any thread. What was written before
// set() is seen by who reads that value.
template <class T>
class Published final {
 public:
  Published() = default;
  explicit Published(T value) : value_(value) {}
  void set(T value) { value_.store(value, std::memory_order_release); }
  T get() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<T> value_ = {};
  static_assert(std::atomic<T>::is_always_lock_free);
};

}  // namespace weir
