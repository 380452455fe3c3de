// Where a job goes on after its process was gone: decided from three numbers and two names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace weir {

// What is known when a job starts.
struct RecoveryFacts {
  std::uint64_t image = 0;                     // The last epoch of the image; 0: none.
  std::optional<std::uint64_t> prepared = {};  // The one that is prepared behind it,
  std::string prepared_by = {};                // by this owner.
  bool is_restored = false;                    // The image was put in place by hand.
  bool may_start_empty = false;                // Though the outside world remembers the job.
  bool is_transactional = false;               // There is an outside world that judges.
  // Its last epoch of the job, and of which owner; none: it knows of none.
  std::optional<std::uint64_t> published = {};
  std::string published_by = {};
};

enum class PreparedFate : std::uint8_t { None, Commit, RollBack };

enum class PositionsFrom : std::uint8_t {
  Start,    // Nobody knows any: where the sources start on their own.
  Image,    // As of the image's last epoch.
  Outside,  // As the transaction has them.
};

struct RecoveryDecision {
  std::uint64_t epoch = 0;  // The last one that happened; the next one is one more.
  PreparedFate prepared = PreparedFate::None;
  PositionsFrom positions = PositionsFrom::Start;
  std::string warning = {};  // Empty when all is as a crash leaves it.
};

// Corrupt when state and outside world cannot be of the same job, Invalid when the state is gone:
// it must not start then.
Result<RecoveryDecision> decide_recovery(const RecoveryFacts& facts);

}  // namespace weir
