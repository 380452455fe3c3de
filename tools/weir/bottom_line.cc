#include "bottom_line.h"

#include <algorithm>
#include <optional>
#include <unistd.h>

#include <sys/ioctl.h>

#include "base/format.h"

namespace weir {
namespace {

constexpr unsigned kRowsMin = 4;
constexpr unsigned kColumnsMin = 40;

std::optional<winsize> terminal_size() {
  winsize size{};
  if (isatty(STDERR_FILENO) == 0 || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
    return std::nullopt;
  if (size.ws_row < kRowsMin || size.ws_col < kColumnsMin) return std::nullopt;
  return size;
}

// In one piece, so that lines of others do not come between. A terminal that is gone is no trouble.
void print(const std::string& text) {
  const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
  static_cast<void>(written);
}

}  // namespace

bool BottomLine::is_possible() {
  return terminal_size().has_value();
}

// ESC 7 and ESC 8 keep the cursor where others print; ESC [ 1 ; n r lets only the first n rows
// scroll.
void BottomLine::reserve(unsigned rows) {
  if (rows == rows_) return;
  rows_ = rows;
  print(format("\n\0337\033[1;{}r\0338\033[1A", rows - 1));
}

void BottomLine::show(std::string_view text) {
  const auto size = terminal_size();
  if (!size) return;
  reserve(size->ws_row);
  print(format("\0337\033[{};1H\033[2K\033[7m{}\033[0m\0338",
               rows_,
               text.substr(0, std::min<std::size_t>(text.size(), size->ws_col))));
}

BottomLine::~BottomLine() {
  if (rows_ > 0) print(format("\0337\033[r\033[{};1H\033[2K\0338", rows_));
}

}  // namespace weir
