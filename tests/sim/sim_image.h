#pragma once

#include <cstdint>
#include <memory>

#include "checkpoint/state_image.h"
#include "fakes/memory_image.h"

namespace weir::sim {

// What can be wrong with exactly once. The simulation must tell each from None.
enum class Mutation : std::uint8_t {
  None,
  SkipFence,          // Who takes over shuts nobody out.
  SkipClaim,          // Nobody learns that a job was taken over.
  TrustNumbers,       // Epochs of the same number are taken for one.
  SkipFlush,          // What was written is not waited for.
  HideTrouble,        // A commit whose answer got lost counts as done.
  DropSideRow,        // One message of a side stream goes missing.
  StateFirst,         // The state is committed before the sinks are.
  ForgetPositions,    // The state carries no positions.
  ForgetState,        // The state carries nothing but positions.
  KeepRolledBack,     // What should be rolled back is committed.
  RollBackCommitted,  // What recovery should commit is rolled back.
};

// A disk that a crash throws back to what was synced: a prepared epoch is, the mark that it is
// committed or rolled back is not, but for that of the first one.
struct SimDisk {
  fakes::MemoryDisk now;
  fakes::MemoryDisk synced;
};

// `disk` outlives the image.
std::unique_ptr<StateImage> open_sim_image(SimDisk& disk, Mutation mutation);

}  // namespace weir::sim
