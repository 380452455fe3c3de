#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "error_stream.h"

namespace weir {

// What is known of a record's replay.
enum class ReplayMark { None, Sending, Sent };

// Which transaction a record is sent in: the outside world can be asked whether it happened.
struct ReplayEpoch {
  std::string cluster;
  std::uint64_t number = 0;
};

// The journal of a job's replays. Held by one process at a time. A record is marked as about to be
// sent, durably, before it is, and as sent once the outside world has it: one that was marked is
// never sent again unless asked for, or the outside world says that its transaction did not happen.
//
//   STATE/replayed/JOB.jsonl := { "id": ID, "mark": "sending" | "sent" | "none",
//                                 "cluster": NAME, "epoch": NUMBER }*    the last line of an id
//                                 counts
class ReplayJournal final {
 public:
  // For looking only; what is not there is empty.
  static Result<ReplayJournal> read(const std::filesystem::path& state, const std::string& job);
  // For replaying. Unavailable when another process replays this job.
  static Result<ReplayJournal> open(const std::filesystem::path& state, const std::string& job);
  ReplayJournal(ReplayJournal&& other) noexcept;
  ReplayJournal& operator=(ReplayJournal&&) = delete;
  ~ReplayJournal();

  ReplayMark mark_of(const std::string& id) const;
  // Durable when it returns, as settle() is. `epoch`: of what is sent in a transaction.
  Status mark(const std::vector<const SetAside*>& records,
              ReplayMark mark,
              const std::optional<ReplayEpoch>& epoch = {});
  // `published`: the last transaction of the cluster that happened. Decides about what was about to
  // be sent, before the next one begins.
  Status settle(const std::string& cluster, std::uint64_t published);

 private:
  struct Known {
    ReplayMark mark = ReplayMark::None;
    std::optional<ReplayEpoch> epoch = {};
  };
  ReplayJournal() = default;
  void read_lines();
  Status write(const std::string& lines);

  int file_ = -1;
  std::map<std::string, Known> known_;  // By id.
};

}  // namespace weir
