#include "connectors/file/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/format.h"

namespace weir::file {

LineReader::LineReader(OpenFile file, std::int64_t position, const Options& options)
    : file_(std::move(file)),
      options_(options),
      buffer_(new char[options.block_bytes + kPadding]),
      capacity_(options.block_bytes),
      position_(position) {}

Result<std::optional<LineReader::Line>> LineReader::next() {
  is_at_end_ = false;
  if (auto line = cut()) return line;
  TRY_DO(fill());
  if (auto line = cut()) return line;
  if (is_at_end_ && !options_.follow && !unread().empty()) {
    return take(unread().size(), unread().size());
  }
  return cut_off();
}

Status LineReader::check_size() const {
  TRY(const std::int64_t size, file_.size());
  const auto read_until = position_ + static_cast<std::int64_t>(unread().size());
  if (size >= read_until) return Done{};
  return Error(
      ErrorKind::Corrupt,
      format("{} was cut to {} bytes after byte {} had been read", file_.path(), size, read_until));
}

// The next whole line that is not blank, out of what was read.
std::optional<LineReader::Line> LineReader::cut() {
  for (;;) {
    const std::string_view rest = unread();
    const std::size_t end = rest.find('\n', searched_);
    if (end == std::string_view::npos) {
      searched_ = rest.size();
      return std::nullopt;
    }
    if (auto line = take(end, end + 1)) return line;
  }
}

// Hands out the first `size` unread bytes, unless they are the end of a line that was cut off, or
// blank; `with_end` are gone from the buffer afterwards.
std::optional<LineReader::Line> LineReader::take(std::size_t size, std::size_t with_end) {
  std::string_view text = unread().substr(0, size);
  if (text.ends_with('\r')) text.remove_suffix(1);
  const Line line{.text = text.substr(0, options_.line_max), .position = position_};
  const bool is_handed_out = !is_skipping_ && !text.empty();
  is_skipping_ = false;
  drop(with_end);
  return is_handed_out ? std::optional(line) : std::nullopt;
}

// No line ends in what was read: if it is too much already, its begin is handed out.
std::optional<LineReader::Line> LineReader::cut_off() {
  const std::string_view rest = unread();
  if (is_skipping_) {
    drop(rest.size());
    return std::nullopt;
  }
  if (rest.size() <= options_.line_max) return std::nullopt;
  const Line line{.text = rest.substr(0, options_.line_max), .position = position_};
  is_skipping_ = true;
  skipped_from_ = position_;
  drop(rest.size());
  return line;
}

void LineReader::drop(std::size_t bytes) {
  begin_ += bytes;
  position_ += static_cast<std::int64_t>(bytes);
  searched_ = 0;
}

Status LineReader::fill() {
  make_room();
  const auto position = position_ + static_cast<std::int64_t>(end_ - begin_);
  TRY(const std::size_t count, file_.read(position, {buffer_.get() + end_, capacity_ - end_}));
  end_ += count;
  is_at_end_ = count == 0;
  return Done{};
}

// Moves the begin of a line to the front; a line that fills the buffer gets a larger one.
void LineReader::make_room() {
  const std::string_view rest = unread();
  if (rest.size() == capacity_) {
    std::unique_ptr<char[]> larger(new char[2 * capacity_ + kPadding]);
    std::memcpy(larger.get(), rest.data(), rest.size());
    buffer_ = std::move(larger);
    capacity_ *= 2;
  } else if (rest.empty() && capacity_ > options_.block_bytes) {
    buffer_.reset(new char[options_.block_bytes + kPadding]);
    capacity_ = options_.block_bytes;
  } else {
    std::memmove(buffer_.get(), rest.data(), rest.size());
  }
  begin_ = 0;
  end_ = rest.size();
}

}  // namespace weir::file
