#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "connectors/file/open_file.h"

namespace weir::file {

// Cuts a file into lines. Reads it in blocks and hands lines out of them, so that a line is moved
// only when it lies across two blocks. A line longer than `line_max` is handed out cut off, so that
// memory stays bounded; its rest is skipped. Blank lines are skipped.
class LineReader final {
 public:
  // Bytes behind every line that may be read.
  static constexpr std::size_t kPadding = 64;

  struct Options {
    std::size_t block_bytes = 256 << 10;
    std::size_t line_max = 64 << 20;
    bool follow = false;  // What stands behind the last line end is no line yet.
  };

  struct Line {
    std::string_view text;  // Without its end, `\n` or `\r\n`; lives until the next call.
    std::int64_t position;  // Byte in the file where it starts.
  };

  LineReader(OpenFile file, std::int64_t position, const Options& options);

  // None: at the end of the file, as it is now, or a block was read that did not complete a line.
  Result<std::optional<Line>> next();

  // Where the line after the last one handed out starts; of one that was cut off, where it starts
  // itself until its end has been seen.
  std::int64_t position() const { return is_skipping_ ? skipped_from_ : position_; }
  // Whether the last call of next() came to the end of the file.
  bool at_end() const { return is_at_end_; }
  // An error when the file has become shorter than what was read of it.
  Status check_size() const;

 private:
  std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
  Status fill();
  void make_room();
  void drop(std::size_t bytes);
  std::optional<Line> cut();
  std::optional<Line> cut_off();
  std::optional<Line> take(std::size_t size, std::size_t with_end);

  OpenFile file_;
  Options options_;
  // [begin_, end_) of the buffer is read and not yet handed out; it starts at position_ in the
  // file. The first `searched_` bytes of it hold no line end.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t searched_ = 0;
  std::int64_t position_;
  bool is_skipping_ = false;  // The rest of a line that was cut off.
  std::int64_t skipped_from_ = 0;
  bool is_at_end_ = false;
};

}  // namespace weir::file
