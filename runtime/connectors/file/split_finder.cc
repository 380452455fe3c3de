#include "connectors/file/split_finder.h"

#include <chrono>
#include <utility>

#include "connectors/file/file_name.h"

namespace weir::file {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

SplitFinder::SplitFinder(std::string pattern, std::size_t reader_count, const Clock& clock)
    : pattern_(std::move(pattern)), reader_count_(reader_count), clock_(clock) {}

Status SplitFinder::look() {
  const MonotonicTime now = clock_.monotonic_now();
  return found_.with([&](Found& found) -> Status {
    if (found.looked_at && now - *found.looked_at < kLookEvery) return Done{};
    found.looked_at = now;
    TRY(const auto files, matching_files(pattern_));
    for (const std::string& file : files) {
      const std::size_t reader = found.order.size() % reader_count_;
      if (found.readers.emplace(file, reader).second) found.order.push_back(file);
    }
    return Done{};
  });
}

std::vector<std::string> SplitFinder::files_of(std::size_t reader) const {
  return found_.with([&](const Found& found) {
    std::vector<std::string> files;
    for (const std::string& file : found.order) {
      if (found.readers.at(file) == reader) files.push_back(file);
    }
    return files;
  });
}

std::size_t SplitFinder::file_count() const {
  return found_.with([](const Found& found) { return found.order.size(); });
}

}  // namespace weir::file
