#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "connectors/file/open_file.h"

namespace weir::file {

struct SinkOptions {
  std::string path = {};
  // Either makes the sink rotate: `labels.jsonl` becomes labels.0.jsonl, labels.1.jsonl, …
  std::optional<std::int64_t> rotate_bytes = {};
  std::optional<std::chrono::milliseconds> rotate_after = {};

  bool rotates() const { return rotate_bytes || rotate_after; }
};

// The file that lines are appended to, and the next one when it is full. After a restart it goes on
// behind what is there; a line that was torn by a crash is given an end, so that the next one
// begins on its own. Used on one thread.
class OutputFile final {
 public:
  static Result<OutputFile> open(const SinkOptions& options, const Clock& clock);

  // Whole lines. Rotates before them when it is time.
  Status append(std::string_view lines);
  Status sync();

 private:
  OutputFile(SinkOptions options, const Clock& clock, std::uint64_t number, OpenFile file);
  Status begin_file();
  bool is_full() const;
  std::size_t fitting(std::string_view lines) const;
  Status rotate();

  SinkOptions options_;
  const Clock* clock_;
  std::uint64_t number_;
  OpenFile file_;
  std::int64_t bytes_ = 0;
  std::optional<MonotonicTime> opened_at_;
  bool is_synced_ = true;
};

}  // namespace weir::file
