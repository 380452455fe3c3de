// Where a host's rollouts are kept, in its state directory:
//
//   STATE/rollout/LOCK, RUNNING                       one apply at a time; a host runs
//   STATE/rollout/journal.json                        the one under way
//   STATE/rollout/history.jsonl                       those that are over, a line each
//   STATE/rollout/generations/7/jobs.{toml,lock}      what generation 7 asked for, and what it was
//   STATE/rollout/plugins/HASH/libNAME.so             files that a generation ran; a version of the
//                                                     store as it is there, libraries and all
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "rollout/lock.h"

namespace weir {

struct Generation {
  std::string jobs_text;  // Of jobs.toml.
  Lock lock;
};

// A value; nothing is read or made before it is asked for. Its files are there whole or not at all.
class RolloutFolder final {
 public:
  explicit RolloutFolder(const std::filesystem::path& state) : folder_(state / "rollout") {}

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path journal() const { return folder_ / "journal.json"; }
  std::filesystem::path history() const { return folder_ / "history.jsonl"; }

  // The generation's number is its lock's. Writing the same again is fine.
  Status write(const Generation& generation) const;
  // NotFound when it is not kept.
  Result<Generation> read(std::uint64_t number) const;
  // Ascending.
  std::vector<std::uint64_t> generations() const;
  // A number that no generation has had, also none that was undone.
  std::uint64_t next_generation(const Lock& lock) const;

  // A copy of a plugin file that outlives what happens to the file; absolute. One that is kept
  // already is not written again.
  Result<std::filesystem::path> keep_plugin(const std::filesystem::path& file,
                                            const std::string& hash) const;
  // NotFound when it is not kept. Its content was that of `hash` when it was written.
  Result<std::filesystem::path> kept_plugin(const std::string& hash) const;
  std::set<std::string> kept_hashes() const;

 private:
  std::filesystem::path folder_;
};

// Held by every host that runs by a lock of this folder.
class RunningMark final {
 public:
  // Nothing when it cannot be set: then nobody sees the host.
  static std::optional<RunningMark> set(const RolloutFolder& folder);
  static bool is_set(const RolloutFolder& folder);
  RunningMark(RunningMark&& other) noexcept;
  RunningMark& operator=(RunningMark&&) = delete;
  ~RunningMark();

 private:
  explicit RunningMark(int file) : file_(file) {}
  int file_;
};

// Held by whoever changes what runs: one at a time, on this machine.
class RolloutHold final {
 public:
  // Unavailable: another apply is under way.
  static Result<RolloutHold> take(const RolloutFolder& folder);
  RolloutHold(RolloutHold&& other) noexcept;
  RolloutHold& operator=(RolloutHold&&) = delete;
  ~RolloutHold();

 private:
  explicit RolloutHold(int file) : file_(file) {}
  int file_;
};

}  // namespace weir
