#include "job/job_thread.h"

#include <semaphore>
#include <thread>
#include <utility>

#include "base/counter.h"
#include "base/guarded.h"
#include "crash/crash_handler.h"

namespace weir {
namespace {

class OwnThread final : public JobThread {
 public:
  OwnThread() : thread_([this] { work(); }) {}

  ~OwnThread() override {
    must_end_.set(true);
    bell_.release();
    thread_.join();
  }
  OwnThread(const OwnThread&) = delete;
  OwnThread& operator=(const OwnThread&) = delete;

  void run(std::function<Status()> work, std::function<void(Status)> done) override {
    piece_.with([&](Piece& piece) { piece = {std::move(work), std::move(done)}; });
    bell_.release();
  }

 private:
  struct Piece {
    std::function<Status()> work;
    std::function<void(Status)> done;
  };

  void work() {
    const CrashThread reported(nullptr);
    for (;;) {
      bell_.acquire();
      if (must_end_.get()) return;
      const Piece piece = piece_.with([](Piece& given) { return std::exchange(given, {}); });
      piece.done(piece.work());
    }
  }

  Guarded<Piece> piece_;
  Published<bool> must_end_;
  std::counting_semaphore<> bell_{0};
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace

std::unique_ptr<JobThread> start_job_thread() {
  return std::make_unique<OwnThread>();
}

}  // namespace weir
