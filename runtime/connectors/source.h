// What a job needs from the outside world on its way in. Implemented by connectors/NAME, the only
// folders that see third-party clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/named_counts.h"
#include "base/result.h"

namespace weir {

// One message as the outside world holds it. Lent until RecordIntake::take returns.
struct RawRecord {
  std::string_view key;
  std::string_view value;
  bool has_key = false;         // True also for a key that is empty.
  bool has_value = true;        // False: a Kafka tombstone (no value at all, unlike an empty one).
  std::uint32_t split = 0;      // Index into SourceReader::splits().
  std::int64_t offset = 0;      // In its split; the next record's is larger.
  std::int64_t timestamp = -1;  // ms UTC when the outside world got it; -1 unknown.
  std::size_t padding =
      0;  // Bytes that may be read behind the value (not used): lets a parser skip a copy.
  std::span<const std::pair<std::string_view, std::string_view>> headers;
};

class RecordIntake {
 public:
  virtual ~RecordIntake() = default;
  virtual void take(const RawRecord& record) = 0;
};

struct Split {
  std::string name;   // Unique in its source and stable for ever: positions are filed under it.
                      // "topic/3", "path".
  std::string topic;  // For reports: topic, file name, …
  std::int32_t partition = 0;
  bool has_ended = false;           // Nothing will ever follow.
  std::optional<std::int64_t> lag;  // Records still to be read, when known.
};

// Where a restored reader continues: the offset after the last record taken.
struct SplitPosition {
  std::string split;
  std::int64_t position;
};

// Reads some splits of one source. Owned by a source task, called on its worker thread only.
class SourceReader {
 public:
  virtual ~SourceReader() = default;

  // Hands over at most `records_max` records that are ready; per split in order of their offsets.
  // Never blocks. Returns how many. An error is final: it names topic, partition and cause.
  virtual Result<std::size_t> poll(std::size_t records_max, RecordIntake& intake) = 0;

  // Its splits so far. Grows when new ones are found; an index never changes its meaning.
  virtual std::span<const Split> splits() const = 0;

  // False while the splits of the start are still being looked for, because the outside world does
  // not answer: until then an empty splits() says nothing.
  virtual bool knows_splits() const { return true; }

  // True once no split of this source will deliver again and no new one can appear.
  virtual bool has_ended() const = 0;

  // One for each split: behind the last record that poll handed over.
  virtual std::vector<SplitPosition> positions() const = 0;
};

// One source port of one job. Used on one thread at a time: the job's until its tasks run, then the
// control thread.
class Source {
 public:
  virtual ~Source() = default;

  // Those of the splits that are gone for good and are not to be missed: of a source that takes
  // whatever matches a pattern, what was deleted. Said in the log. Before open_readers, which is
  // not to be given them. An error: all are gone, or there is nothing to be asked. May block.
  virtual Result<std::vector<std::string>> gone(std::span<const SplitPosition> known) {
    static_cast<void>(known);
    return std::vector<std::string>();
  }

  // One reader for each worker; together they read every split exactly once. `restored` wins over
  // committed positions and `start`.
  virtual Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t count, std::span<const SplitPosition> restored) = 0;

  // Remembers in the outside world that everything before these positions is done. May be called
  // repeatedly.
  virtual Status commit(std::span<const SplitPosition> positions) = 0;

  // Why nothing can be read for the moment, for what one sees; it may pass by itself. None when all
  // is well.
  virtual std::optional<std::string> trouble() const { return std::nullopt; }

  // What it counts by itself, for what one sees.
  virtual std::vector<NamedCount> counters() const { return {}; }
};

}  // namespace weir
