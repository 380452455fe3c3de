#include "worker/worker_thread.h"

#include "crash/crash_handler.h"
#include "worker/idle_strategy.h"

namespace weir {

WorkerThread::WorkerThread(Worker& worker, const Clock& clock)
    : worker_(worker), clock_(clock), thread_([this] { run(); }) {}

WorkerThread::~WorkerThread() {
  end();
}

void WorkerThread::end() {
  must_end_.store(true);
  worker_.parker().wake();
  if (thread_.joinable()) thread_.join();
}

void WorkerThread::end_by_report(std::string_view reason) {
  weir::end_by_report(thread_.native_handle(), reason);
}

void WorkerThread::run() {
  const CrashThread reported(&worker_.marker());
  IdleStrategy idle;
  while (!must_end_.load()) {
    if (worker_.step()) {
      idle.reset();
      continue;
    }
    switch (idle.next()) {
      case IdleStrategy::Action::Spin: break;
      case IdleStrategy::Action::Yield: std::this_thread::yield(); break;
      case IdleStrategy::Action::Park: pause_for(idle.pause()); break;
    }
  }
}

void WorkerThread::pause_for(std::chrono::microseconds limit) {
  const MonotonicTime start = clock_.monotonic_now();
  worker_.parker().park(limit);
  paused_.add(static_cast<std::uint64_t>((clock_.monotonic_now() - start).count()));
}

}  // namespace weir
