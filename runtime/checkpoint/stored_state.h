#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "checkpoint/image_metadata.h"
#include "state/state_delta.h"

namespace weir {

// Takes entries with the layout that each was written in: its 1-based place in the operator's list;
// 0: not described.
class EntryIntake {
 public:
  virtual ~EntryIntake() = default;
  virtual Status take(const StatePlace& place, std::uint8_t layout, std::string_view value) = 0;
};

// An image, or a savepoint, that is looked into and not changed: as of its last committed epoch.
// One thread.
class StoredState {
 public:
  virtual ~StoredState() = default;

  virtual const ImageMetadata& metadata() const = 0;
  // Every entry of an operator by its number in the metadata: by section, key group and key.
  virtual Status read(std::uint32_t operator_number, EntryIntake& intake) const = 0;
};

// NotFound: there is no state; Unavailable: a process has it open, or it cannot be read; Corrupt
// names the file or entry.
Result<std::unique_ptr<StoredState>> open_stored_state(const std::filesystem::path& folder);

// The same of a copy that was made for this reader alone. The folder is removed before this
// returns, so that none is left whatever becomes of the reader; all files stay open.
Result<std::unique_ptr<StoredState>> open_copied_state(const std::filesystem::path& folder);

}  // namespace weir
