#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/guarded.h"
#include "base/result.h"

namespace weir::file {

// Lines on their way from the writers of a sink to the thread that has its file. Bounded. Safe from
// any thread.
class OutputQueue final {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;

  // For writers. The position behind the line, false when there is no room (an empty queue always
  // has), or the error that ended the thread.
  Result<std::optional<std::uint64_t>> offer(std::string_view line);
  // Lets the thread work on what was offered.
  void wake() { work_.release(); }
  // Whether all up to a position is safe on the disk. Asks for it if not.
  Result<bool> is_safe(std::uint64_t position);

  // For the thread. Waits for work; what is to be done then.
  struct Work {
    std::string lines;
    std::uint64_t end = 0;  // Position behind them.
    bool sync = false;
    bool stop = false;
  };
  Work wait();
  void done(const Work& work);
  void fail(const Error& error);

  // For the owner of the thread: it ends after what was offered.
  void stop();

 private:
  struct State {
    std::string lines;
    std::uint64_t end = 0;
    std::uint64_t safe = 0;
    std::size_t in_work = 0;
    std::uint64_t asked = 0;  // Up to here a sync has been asked for.
    bool is_stopped = false;
    std::optional<Error> error;
  };

  Guarded<State> state_;
  std::counting_semaphore<> work_{0};
};

}  // namespace weir::file
