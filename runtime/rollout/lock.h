// jobs.lock: what runs, exactly. jobs.toml beside it says what should.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistake.h"

namespace weir {

// The state that an operator keeps.
struct LockedState {
  std::string uid;
  std::uint32_t version = 0;  // Of an accumulator; 0: the state has none.
  std::string form;           // A StateForm, as encode_form() writes it.
  bool operator==(const LockedState&) const = default;
};

struct LockedJob {
  std::string name;
  std::string job_class;
  std::string plugin;
  std::string type;        // Job of the plugin.
  std::string version;     // Of the plugin, "1.4.0".
  std::string hash;        // Of the plugin's file: SHA-256, 64 hex digits.
  std::string build_id;    // What the linker called it, in hex; empty when it gave no name.
  std::string graph;       // Fingerprint of the operators.
  std::string parameters;  // Fingerprint of their values.
  std::string settings;    // Fingerprint of all else that jobs.toml says: ports, epoch, …
  std::vector<LockedState> states;
  bool operator==(const LockedJob&) const = default;
};

// One generation: every job as one apply left it.
struct Lock {
  std::uint64_t generation = 0;  // 0: nothing was ever applied.
  std::vector<LockedJob> jobs;   // In the order of jobs.toml. No name twice.

  const LockedJob* find(std::string_view job) const;
  bool operator==(const Lock&) const = default;
};

// TOML, the same for the same lock.
std::string encode_lock(const Lock& lock);

struct ReadLock {
  Lock lock;                      // Whole only when there are no mistakes.
  std::vector<Mistake> mistakes;  // All of them, in the order of the file.
};

// `path` names the text in mistakes.
ReadLock read_lock_text(std::string_view text, const std::filesystem::path& path);

// No such file: an empty lock of generation 0.
ReadLock read_lock(const std::filesystem::path& path);

// jobs.lock beside jobs.toml; the name of any jobs file with `.lock` for its ending.
std::filesystem::path lock_path_of(const std::filesystem::path& jobs_file);

}  // namespace weir
