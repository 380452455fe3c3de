// What one sees of a swap: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "job/swap_decision.h"

namespace weir {

//   Constructing --> Waiting --> Flipping --> Committing --> Probation --> Over    at a barrier
//   Constructing --> Finishing --> Starting --> Probation --> Over                 Restart
//
// Any but Over may become Failed: the code before runs on, or runs again. Where no probation was
// asked for there is none; who does not pass it goes back in a swap of its own, whose verdict says
// why, and which ends as Failed, too.
enum class SwapPhase : std::uint8_t {
  Constructing,  // The new code is made ready beside the one that runs.
  Waiting,       // For the epochs before its barrier.
  Flipping,      // Its barrier is on the way through the tasks.
  Committing,    // All tasks run it; the last epoch of the code before is being made final.
  Finishing,     // The last epoch of the code before is on its way.
  Starting,      // The job starts again with the new code.
  Probation,     // It runs, and is watched.
  Over,
  Failed,  // See the cause.
};
std::string_view name_of(SwapPhase phase);
bool is_over(SwapPhase phase);

// How long a source took no record, or a sink was given no row, at worst: while the swap was under
// way, from the time it was asked for. Of all workers together.
struct SwapGap {
  std::string port;
  bool is_source = false;
  std::uint64_t batches = 0;  // Of records or rows that came meanwhile.
  std::chrono::nanoseconds longest{0};
};

struct SwapStatus {
  SwapKind kind = SwapKind::Nothing;
  SwapPhase phase = SwapPhase::Constructing;
  std::string cause = {};    // Failed.
  std::string verdict = {};  // Going back: what was wrong with the version that it leaves.
  std::string reason = {};   // Restart: what cannot change at a barrier.
  std::string from_version = {};
  std::string to_version = {};
  WallTime asked_at = {};
  // Of the code before; all behind it is the new one's.
  std::optional<std::uint64_t> last_epoch = std::nullopt;

  // By phase.
  std::chrono::nanoseconds load{0};
  std::chrono::nanoseconds construct{0};
  std::chrono::nanoseconds wait{0};
  std::chrono::nanoseconds flip{0};    // From the barrier to its passing of the last task.
  std::chrono::nanoseconds commit{0};  // From there until the epoch was final.
  std::chrono::nanoseconds start{0};   // Restart: from there until the new code had done an epoch.

  std::uint64_t converted = 0;     // Entries of state that were read by name.
  std::vector<SwapGap> gaps = {};  // Once it is over.
};

}  // namespace weir
