#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/guarded.h"
#include "connectors/kafka/client.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/partition.h"

namespace weir::kafka {

// A partition that a reader is to read.
struct FoundSplit {
  Partition partition;
  std::int64_t position = 0;
  std::optional<std::int64_t> end;  // Stop before this offset.
};

// What the finder has for a reader since the reader last looked.
struct Inbox {
  std::vector<FoundSplit> found;
  bool knows_splits = false;     // All partitions of the start have been found.
  std::optional<Error> failure;  // The source cannot go on.
};

// The way from the client to one reader: a queue into which its partitions' messages are
// forwarded, and an inbox. Shared by the finder's thread and the reader's.
struct Lane {
  explicit Lane(std::shared_ptr<Client> with)
      : client(std::move(with)), queue(rd_kafka_queue_new(client->handle())) {}

  std::shared_ptr<Client> client;  // Outlives the queue.
  Handle<rd_kafka_queue_t> queue;
  Guarded<Inbox> inbox;
};

}  // namespace weir::kafka
