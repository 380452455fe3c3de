// What makes the output of a job and its place in the input final together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/sink.h"
#include "connectors/source.h"

namespace weir {

// How far one source port of the job is.
struct SourcePositions {
  std::string source;  // uid of the port.
  std::vector<SplitPosition> positions;
};

// Whose a job is: all its runs in one process. Kept by who runs the job and lent to each
// transaction that it opens, one at a time.
struct JobOwner {
  std::string name;          // Like no other, anywhere: "HOST/PID/START.COUNT"; no blanks.
  bool has_claimed = false;  // The job was its; once it is not any more, it never is again.
  // Requested by any thread: the job is to end now. A call of the transaction, also one under way,
  // is Unavailable within a few seconds then.
  std::stop_token gives_up = {};
};

JobOwner new_owner(const Clock& clock);

// The outside world's part in the epochs of one job: what its transactional sinks write between two
// barriers becomes visible as a whole, together with the number of the epoch. The outside world is
// the judge of whether an epoch happened.
//
// One for a job. Its writers are used by their tasks, everything else on the job's commit thread;
// all calls may block, none longer than the settings of the outside system say, or than a few
// seconds once its owner gives up.
//
//   recover → claim → ( writers write … seal → flush → [the state is prepared] → commit )*
class EpochTransaction {
 public:
  virtual ~EpochTransaction() = default;

  // What the outside world knows of the job's last epoch.
  struct Recovered {
    std::optional<std::uint64_t> epoch;  // None: no epoch of this job was ever committed.
    std::string committed_by;            // The name of the owner that did, whoever claimed since.
    std::vector<SourcePositions> positions;  // Of the sources that it has positions of.
  };

  // First shuts out every earlier run of the job, whose epoch is then decided one way or the other,
  // then reads what is committed. Before anything is written, and again after any call has failed:
  // the writers start anew then. Invalid: another owner has claimed the job since this one did,
  // and is left alone. Who is shut out without that may go on.
  virtual Result<Recovered> recover() = 0;

  // Makes the job the owner's in the eyes of all others, then opens the first transaction. Once it
  // is certain that the job goes on: who cannot go on must not end it for the one before.
  virtual Status claim() = 0;

  // Waits until what was written before the writers were sealed is safe in the outside world,
  // though not visible.
  virtual Status flush(std::uint64_t epoch) = 0;

  // Makes the epoch visible, with the positions, and opens the next transaction. An error says
  // nothing about whether the epoch happened: recover() tells.
  virtual Status commit(std::uint64_t epoch, const std::vector<SourcePositions>& positions) = 0;
};

}  // namespace weir
