// Sends records that were set aside through their job again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/spec.h"
#include "error_stream.h"
#include "host/host_connectors.h"
#include "interrupts.h"
#include "replay_journal.h"

namespace weir {

struct ReplayResult {
  std::size_t sent = 0;
  std::size_t sent_before = 0;
  std::size_t uncertain = 0;            // About to be sent by a replay that was cut off.
  std::vector<std::string> impossible;  // Why not, a line each.
};

struct ReplayRequest {
  const JobSpec& job;
  std::vector<const SetAside*> records;
  std::string to_file;    // Instead of the topic they came from; empty: there.
  bool is_again = false;  // Those too that were, or may have been, sent before.
};

// Bytes, key and timestamp as they were, with the headers weir.replayed ("TOPIC/3@17", where it
// came from) and weir.reason. To Kafka in transactions, by which it finds out what became of a
// replay that was cut off. Waits until all is safe.
Result<ReplayResult> replay(const ReplayRequest& request,
                            ReplayJournal& journal,
                            HostConnectors& connectors,
                            Interrupts& interrupts);

}  // namespace weir
