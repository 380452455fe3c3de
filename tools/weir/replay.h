// Sends records that were set aside through their job again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "error_stream.h"
#include "interrupts.h"

namespace weir {

// What is known of a record's replay.
enum class ReplayMark { None, Sending, Sent };

// The journal STATE/replayed/JOB.jsonl, which says what was sent and what was about to be. Held by
// one process at a time. A record is marked as about to be sent, durably, before it is, and as sent
// once the outside world has it: one that was marked is never sent again unless asked for.
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
  // Durable when it returns.
  Status mark(const std::vector<const SetAside*>& records, ReplayMark mark);

 private:
  ReplayJournal() = default;
  int file_ = -1;
  std::map<std::string, ReplayMark> marks_;
};

struct ReplayResult {
  std::size_t sent = 0;
  std::size_t sent_before = 0;
  std::size_t uncertain = 0;            // Marked as about to be sent by a replay that was cut off.
  std::vector<std::string> impossible;  // Why not, a line each.
};

struct ReplayRequest {
  const JobSpec& job;
  std::vector<const SetAside*> records;
  std::string to_file;    // Instead of the topic they came from; empty: there.
  bool is_again = false;  // Those too that were, or may have been, sent before.
};

// Bytes, key and timestamp as they were, with the headers weir.replayed ("TOPIC/3@17", where it
// came from) and weir.reason. Waits until all is safe.
Result<ReplayResult> replay(const ReplayRequest& request,
                            ReplayJournal& journal,
                            HostConnectors& connectors,
                            Interrupts& interrupts);

}  // namespace weir
