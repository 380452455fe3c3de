#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/counter.h"
#include "base/guarded.h"
#include "base/log.h"
#include "crash/call_marker.h"
#include "crash/call_watch.h"
#include "worker/parker.h"
#include "worker/worker.h"
#include "worker/worker_thread.h"

namespace weir {

// A call that has been going on for longer than it should. The names stay until the host ends.
struct SlowCall {
  std::size_t worker = 0;
  const CallSite* site = nullptr;
  RecordSpan span;  // Its place is null: no records are known, as when a window fires.
  std::chrono::milliseconds lasting{0};
};

// "operator copied of job pass (plugin deadly 1.0.0), records in.jsonl at 7 to 9"
std::string text_of(const SlowCall& call);

// A thread that looks at what the workers are doing, names calls that do not come back, and ends
// the process when one has not come back for too long. All but `log` is safe from any thread.
class Watchdog final {
 public:
  // All outlive the object; one thread for each worker.
  Watchdog(CallWatch::Limits limits,
           const std::vector<std::pair<const Worker*, WorkerThread*>>& watched,
           const Clock& clock,
           Log log);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Those that are slow now.
  std::vector<SlowCall> slow_calls() const;

 private:
  struct Watched {
    const Worker* worker;
    WorkerThread* thread;
    CallWatch watch;
  };

  void run();
  void look(std::chrono::milliseconds elapsed);
  void judge(std::size_t worker, std::chrono::milliseconds elapsed, std::vector<SlowCall>& slow);

  // Set at construction.
  std::chrono::milliseconds interval_;
  const Clock& clock_;
  Log log_;

  std::vector<Watched> watched_;  // Touched only on the thread.
  Guarded<std::vector<SlowCall>> slow_;
  Published<bool> must_end_;
  Parker parker_;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace weir
