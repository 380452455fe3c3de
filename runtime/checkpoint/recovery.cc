#include "checkpoint/recovery.h"

#include <algorithm>

#include "base/format.h"

namespace weir {
namespace {

Error cannot_belong(const RecoveryFacts& facts, std::uint64_t prepared) {
  return {ErrorKind::Corrupt,
          format("the state holds epoch {} with {} prepared, the sinks {}: they are not of one job",
                 facts.image,
                 prepared,
                 facts.published.value_or(0))};
}

// Two hosts may each have given an epoch the same number, and only one of them was published.
bool is_of_another(const RecoveryFacts& facts) {
  return facts.prepared && facts.prepared == facts.published &&
         facts.prepared_by != facts.published_by;
}

Error went_on_elsewhere(const RecoveryFacts& facts) {
  return {ErrorKind::Corrupt,
          format("the state holds epoch {0} with epoch {1} of {2} prepared, the sinks epoch {1} of "
                 "{3}: the job went on there, where the newer state directory is",
                 facts.image,
                 *facts.prepared,
                 facts.prepared_by,
                 facts.published_by)};
}

// The sinks have no say. An epoch that is prepared is done again: it may have been prepared when
// the job still had exactly-once sinks, and its output been aborted with them.
Result<RecoveryDecision> decide_alone(const RecoveryFacts& facts) {
  RecoveryDecision decision{.epoch = facts.image};
  if (facts.prepared) {
    const bool follows = *facts.prepared == facts.image + 1;
    if (!follows && !facts.is_restored) return cannot_belong(facts, *facts.prepared);
    decision.prepared = PreparedFate::RollBack;
  }
  if (decision.epoch > 0) decision.positions = PositionsFrom::Image;
  return decision;
}

// An older image than the sinks', on purpose. Its next epoch follows theirs, not its own.
Result<RecoveryDecision> decide_restored(const RecoveryFacts& facts) {
  const std::uint64_t published = facts.published.value_or(0);
  RecoveryDecision decision{.epoch = std::max(facts.image, published),
                            .positions = PositionsFrom::Image};
  if (facts.prepared && *facts.prepared == published) {
    decision.prepared = PreparedFate::Commit;
    return decision;
  }
  if (facts.prepared) {
    if (*facts.prepared != decision.epoch + 1) return cannot_belong(facts, *facts.prepared);
    decision.prepared = PreparedFate::RollBack;
  }
  decision.warning = format(
      "the state was restored as of epoch {}: going on from there, though the sinks hold "
      "epoch {}; what followed is done again",
      facts.image,
      published);
  return decision;
}

}  // namespace

Result<RecoveryDecision> decide_recovery(const RecoveryFacts& facts) {
  if (!facts.is_transactional) return decide_alone(facts);
  if (is_of_another(facts)) return went_on_elsewhere(facts);
  if (facts.is_restored) return decide_restored(facts);
  const std::uint64_t published = facts.published.value_or(0);
  RecoveryDecision decision{.epoch = std::max(facts.image, published)};
  std::uint64_t image = facts.image;
  if (facts.prepared) {
    // A job that started without its state has its first epoch behind those of the sinks.
    const bool follows = *facts.prepared == image + 1 || image == 0;
    if (!follows) return cannot_belong(facts, *facts.prepared);
    if (*facts.prepared == published) {
      decision.prepared = PreparedFate::Commit;
      image = published;
    } else if (*facts.prepared == decision.epoch + 1) {
      decision.prepared = PreparedFate::RollBack;
    } else {
      return cannot_belong(facts, *facts.prepared);
    }
  }
  if (image == decision.epoch) {
    if (image > 0) decision.positions = PositionsFrom::Image;
    if (image > published) {
      decision.warning =
          format("the sinks know of epoch {}, the state of {}: going on where the state is",
                 published,
                 image);
    }
    return decision;
  }
  if (image > 0) {
    return Error(ErrorKind::Corrupt,
                 format("the state ends with epoch {}, but the sinks hold epoch {}: a newer state "
                        "directory is missing",
                        image,
                        published));
  }
  if (!facts.may_start_empty) {
    return Error(ErrorKind::Invalid,
                 format("the sinks hold epoch {} of this job, but its state is not here: put its "
                        "state directory back, restore a savepoint, or go on with empty state "
                        "(weir run --start-empty NAME)",
                        published));
  }
  decision.positions = PositionsFrom::Outside;
  decision.warning = format(
      "the sinks hold epoch {}, but there is no state: going on behind it with empty state, as "
      "asked",
      published);
  return decision;
}

}  // namespace weir
