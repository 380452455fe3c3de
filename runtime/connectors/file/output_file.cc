#include "connectors/file/output_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "connectors/file/file_name.h"

namespace weir::file {

Result<OutputFile> OutputFile::open(const SinkOptions& options, const Clock& clock) {
  std::uint64_t number = 0;
  std::string path = options.path;
  if (options.rotates()) {
    TRY(const auto largest, largest_number(options.path));
    number = largest.value_or(0);
    path = numbered(options.path, number);
  }
  TRY(OpenFile file, OpenFile::for_appending(path));
  OutputFile output(options, clock, number, std::move(file));
  TRY_DO(output.begin_file());
  return output;
}

OutputFile::OutputFile(SinkOptions options, const Clock& clock, std::uint64_t number, OpenFile file)
    : options_(std::move(options)), clock_(&clock), number_(number), file_(std::move(file)) {}

Status OutputFile::begin_file() {
  TRY_DO(sync_folder_of(file_.path()));
  TRY(bytes_, file_.size());
  opened_at_ = clock_->monotonic_now();
  if (bytes_ == 0) return Done{};
  std::array<char, 1> last{};
  TRY_DO(file_.read(bytes_ - 1, last));
  if (last[0] == '\n') return Done{};
  ++bytes_;
  return file_.append("\n");
}

Status OutputFile::append(std::string_view lines) {
  while (!lines.empty()) {
    if (is_full()) TRY_DO(rotate());
    const std::string_view piece = lines.substr(0, fitting(lines));
    TRY_DO(file_.append(piece));
    lines.remove_prefix(piece.size());
    bytes_ += static_cast<std::int64_t>(piece.size());
    is_synced_ = false;
  }
  return Done{};
}

// Bytes of the lines up to the one that fills the file.
std::size_t OutputFile::fitting(std::string_view lines) const {
  if (!options_.rotate_bytes) return lines.size();
  const auto room =
      static_cast<std::size_t>(std::max<std::int64_t>(*options_.rotate_bytes - bytes_, 1));
  const std::size_t end = lines.find('\n', room - 1);
  return end == std::string_view::npos ? lines.size() : end + 1;
}

bool OutputFile::is_full() const {
  if (bytes_ == 0) return false;
  if (options_.rotate_bytes && bytes_ >= *options_.rotate_bytes) return true;
  return options_.rotate_after && clock_->monotonic_now() - *opened_at_ >= *options_.rotate_after;
}

Status OutputFile::rotate() {
  TRY_DO(sync());
  TRY(file_, OpenFile::for_appending(numbered(options_.path, ++number_)));
  return begin_file();
}

Status OutputFile::sync() {
  if (is_synced_) return Done{};
  TRY_DO(file_.sync());
  is_synced_ = true;
  return Done{};
}

}  // namespace weir::file
