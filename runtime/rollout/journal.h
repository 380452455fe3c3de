// What an apply has done so far, on the disk: whoever finds it finishes the apply, or undoes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rollout/history.h"
#include "rollout/rollout_folder.h"

namespace weir {

struct Journal {
  HistoryEntry entry;          // is_undone: it goes back.
  bool rewrites_jobs = false;  // jobs.toml becomes that of the generation.
  bool operator==(const Journal&) const = default;
};

std::string encode_journal(const Journal& journal);
Result<Journal> decode_journal(std::string_view text);

// Nothing: no apply is under way.
Result<std::optional<Journal>> read_journal(const RolloutFolder& folder);
Status write_journal(const RolloutFolder& folder, const Journal& journal);

}  // namespace weir
