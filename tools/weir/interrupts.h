#pragma once

#include <chrono>

namespace weir {

// Waits for Ctrl-C and SIGTERM instead of dying of them. Made before any other thread, so that all
// threads leave these signals alone.
class Interrupts final {
 public:
  Interrupts();
  // Gives the signals their usual meaning again: the next one ends the process.
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // Whether one came within `time`.
  bool wait_for(std::chrono::milliseconds time);
};

}  // namespace weir
