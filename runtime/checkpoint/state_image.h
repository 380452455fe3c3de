#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/transaction.h"
#include "state/state_delta.h"

namespace weir {

// Everything of one epoch that becomes durable as a whole.
struct EpochDelta {
  std::uint64_t epoch = 0;
  std::string owner = {};                  // Whose job has closed it: see JobOwner.
  std::vector<SourcePositions> positions;  // All splits of all sources, also those that stood.
  std::vector<OperatorDelta> operators;    // Several of one uid: from several tasks.
};

// The durable image of one job's state, as of its last committed epoch, with at most one epoch
// prepared behind it. Commit thread only, but for readers.
//
// A prepared epoch is durable and undecided: it outlives the process and is committed or rolled
// back after the outside world has said whether the epoch happened.
class StateImage {
 public:
  virtual ~StateImage() = default;

  virtual std::uint64_t epoch() const = 0;  // The last one committed; 0: none yet.
  virtual std::optional<std::uint64_t> prepared() const = 0;
  // The owner in the delta of that epoch: another's epoch may have the same number. Empty: nothing
  // is prepared.
  virtual std::string prepared_by() const = 0;

  // It was put in place by hand since its last epoch: it goes on from its own positions, and the
  // outside world may know of later epochs.
  virtual bool is_restored() const = 0;

  // What the entries of an operator look like from now on, for those who look into the image: a
  // text of the operator's. Kept with the next epoch in which the operator changes something.
  virtual void describe(std::string_view uid, std::string layout) = 0;

  // Durable when it returns. Unavailable: there is no room or no right to write; nothing has
  // happened, and it may be called again. Only when nothing is prepared.
  virtual Status prepare(const EpochDelta& delta) = 0;
  // Unavailable: not written for certain, to be called again; the epoch is not lost meanwhile.
  virtual Status commit() = 0;
  virtual Status roll_back() = 0;

  // As of epoch().
  virtual Result<std::vector<SourcePositions>> positions() const = 0;
  // Good until the next prepare or commit; outlived by the image; safe to use on another thread
  // than the image's meanwhile.
  virtual std::unique_ptr<StateReader> reader(std::string_view uid) const = 0;
  // Makes a folder of its own with everything as of epoch(), which costs little: files that do not
  // change are shared. Only when nothing is prepared. Invalid: the image has no files.
  virtual Status copy_to(const std::filesystem::path& folder) const {
    return Error(ErrorKind::Invalid, folder.string() + ": the image has no files to copy");
  }
  // The operators that the image has something of.
  virtual std::vector<std::string> operators() const = 0;
};

}  // namespace weir
