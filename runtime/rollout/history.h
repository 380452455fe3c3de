// What was applied, when, by whom, and how it went.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rollout/rollout_folder.h"
#include "rollout/rollout_plan.h"

namespace weir {

struct HistoryStep {
  std::string job;
  ChangeKind kind = ChangeKind::Nothing;
  std::string old_version = {};
  std::string new_version = {};
  std::chrono::milliseconds gap{0};  // Measured: the longest time without a row. 0: none.
  bool is_carried_out = false;  // By the running host; or there was none, and it will start so.
  bool operator==(const HistoryStep&) const = default;
};

// One apply that is over.
struct HistoryEntry {
  std::uint64_t from = 0;
  std::uint64_t generation = 0;  // Also of one that was undone: the next one has the same number.
  WallTime began = {};
  WallTime ended = {};
  std::string who = {};
  std::string what = {};  // "apply", "rollback to 5", "upgrade words to 1.3.0".
  bool is_undone = false;
  std::string cause = {};  // Of undoing.
  std::vector<HistoryStep> steps = {};
  bool operator==(const HistoryEntry&) const = default;
};

// A line of JSON with its end, and back.
std::string encode_entry(const HistoryEntry& entry);
Result<HistoryEntry> decode_entry(std::string_view line);

// The oldest first. A line that a death cut short is passed over.
Result<std::vector<HistoryEntry>> read_history(const RolloutFolder& folder);

// Once for each entry, however often it is called.
Status add_to_history(const RolloutFolder& folder, const HistoryEntry& entry);

// The last gap that was measured of each job.
std::map<std::string, std::chrono::milliseconds> measured_gaps(
    const std::vector<HistoryEntry>& entries);

}  // namespace weir
