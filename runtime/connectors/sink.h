// What a job needs from the outside world on its way out.
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

// How often a row can show up in the outside world after a crash.
enum class Delivery : std::uint8_t {
  AtLeastOnce,
  Idempotent,     // Writing a message again changes nothing.
  Transactional,  // Takes part in the epoch.
};

constexpr std::string_view name_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::AtLeastOnce: return "at-least-once";
    case Delivery::Idempotent: return "idempotent";
    case Delivery::Transactional: return "exactly-once";
  }
  return "";
}

// Lent until write returns.
struct OutMessage {
  std::string_view key;
  std::string_view value;
  std::int64_t timestamp = -1;  // Event time, ms; -1: the outside world decides.
  std::span<const std::pair<std::string_view, std::string_view>> headers;
};

enum class Flush : std::uint8_t { Complete, Pending };

// Writes for one task; called on its worker thread only. Errors are final and name the target and
// the cause.
class SinkWriter {
 public:
  virtual ~SinkWriter() = default;

  // Takes messages in order and returns how many; fewer than given: full, offer the rest later.
  // Never blocks.
  virtual Result<std::size_t> write(std::span<const OutMessage> messages) = 0;

  // Complete once everything written before is safe in the outside world. Pending: call again.
  // Never blocks.
  virtual Result<Flush> flush() = 0;

  // Transactional only, instead of flush() at a barrier: what was written so far belongs to
  // `epoch`, what follows to the next. Until that one's transaction is open, write() takes nothing.
  virtual void seal(std::uint64_t epoch) { static_cast<void>(epoch); }
};

// One sink port (or side stream) of one job. Used on one thread at a time, as a Source is.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual Delivery delivery() const = 0;

  // One writer for each worker. The sink outlives them.
  virtual Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) = 0;

  // Why nothing can be written for the moment, for what one sees; it may pass by itself. None when
  // all is well.
  virtual std::optional<std::string> trouble() const { return std::nullopt; }

  // What it counts by itself, for what one sees.
  virtual std::vector<NamedCount> counters() const { return {}; }
};

}  // namespace weir
