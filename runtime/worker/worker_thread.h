#pragma once

#include <atomic>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/counter.h"
#include "worker/worker.h"

namespace weir {

// A thread that steps one worker until it is told to end.
class WorkerThread final {
 public:
  // Both outlive the object.
  WorkerThread(Worker& worker, const Clock& clock);
  // Waits for the round under way.
  ~WorkerThread();
  // Waits for the round under way; nothing is stepped any more.
  void end();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  // Time spent pausing so far, in nanoseconds. Any thread.
  std::uint64_t paused() const { return paused_.value(); }

  // Ends the process with a report of what this thread is doing. Any thread.
  void end_by_report(std::string_view reason);

 private:
  void run();
  void pause_for(std::chrono::microseconds limit);

  Worker& worker_;
  const Clock& clock_;
  std::atomic<bool> must_end_ = false;
  Counter paused_;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace weir
