#include "connectors/file/lines_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/format.h"
#include "connectors/file/file_name.h"

namespace weir::file {
namespace {

// All files of a reader together get about this much memory, within bounds for each.
constexpr std::size_t kBlocksBytes = std::size_t{8} << 20;
constexpr std::size_t kBlockMin = std::size_t{16} << 10;
constexpr std::size_t kBlockMax = std::size_t{256} << 10;

// How often the end of a followed file is looked at.
constexpr std::chrono::milliseconds kLookAfter{50};

using Positions = std::map<std::string, std::int64_t, std::less<>>;

class LinesReader final : public SourceReader {
 public:
  LinesReader(std::shared_ptr<SplitFinder> finder,
              std::size_t number,
              SourceOptions options,
              const Clock& clock,
              Positions restored)
      : finder_(std::move(finder)),
        number_(number),
        options_(std::move(options)),
        clock_(clock),
        restored_(std::move(restored)) {}

  // Opens the files that were found since the last call.
  Status open_found();

  Result<std::size_t> poll(std::size_t records_max, RecordIntake& intake) override;
  std::span<const Split> splits() const override { return splits_; }
  bool has_ended() const override {
    return !options_.follow && std::all_of(splits_.begin(), splits_.end(), [](const Split& split) {
      return split.has_ended;
    });
  }
  std::vector<SplitPosition> positions() const override;

 private:
  Status open(const std::string& path);
  Result<std::size_t> read_split(std::size_t index, std::size_t records_max, RecordIntake& intake);

  // Set at construction.
  std::shared_ptr<SplitFinder> finder_;
  std::size_t number_;
  SourceOptions options_;
  const Clock& clock_;
  Positions restored_;

  // Same index.
  std::vector<Split> splits_;
  std::vector<LineReader> readers_;
  std::size_t next_ = 0;                   // The split whose turn it is.
  std::optional<MonotonicTime> ended_at_;  // All followed files were at their end then.
};

Status LinesReader::open_found() {
  const auto files = finder_->files_of(number_);
  while (splits_.size() < files.size())
    TRY_DO(open(files[splits_.size()]));
  return Done{};
}

Status LinesReader::open(const std::string& path) {
  TRY(OpenFile file, OpenFile::for_reading(path));
  const auto found = restored_.find(path);
  const std::int64_t position = found == restored_.end() ? 0 : found->second;
  TRY(const std::int64_t size, file.size());
  if (position > size) {
    return Error(ErrorKind::Invalid,
                 format("{} has {} bytes: cannot continue at byte {}", path, size, position));
  }
  const std::size_t share = kBlocksBytes / std::max<std::size_t>(finder_->file_count(), 1);
  readers_.emplace_back(std::move(file),
                        position,
                        LineReader::Options{.block_bytes = std::clamp(share, kBlockMin, kBlockMax),
                                            .line_max = options_.line_max,
                                            .follow = options_.follow});
  splits_.push_back({.name = path, .topic = path, .partition = 0, .has_ended = false, .lag = {}});
  return Done{};
}

Result<std::size_t> LinesReader::poll(std::size_t records_max, RecordIntake& intake) {
  if (options_.follow) {
    const MonotonicTime now = clock_.monotonic_now();
    if (ended_at_ && now - *ended_at_ < kLookAfter) return std::size_t{0};
    if (is_pattern(options_.path)) {
      TRY_DO(finder_->look());
      TRY_DO(open_found());
    }
  }
  bool are_at_end = true;
  // One file after the other gets its turn, so that none runs far ahead of the others in time.
  for (std::size_t tried = 0; tried < splits_.size(); ++tried) {
    const std::size_t index = next_;
    next_ = (next_ + 1) % splits_.size();
    if (splits_[index].has_ended) continue;
    TRY(const std::size_t count, read_split(index, records_max, intake));
    ended_at_.reset();
    if (count != 0) return count;
    are_at_end &= readers_[index].at_end();
  }
  if (options_.follow && are_at_end) ended_at_ = clock_.monotonic_now();
  return std::size_t{0};
}

Result<std::size_t> LinesReader::read_split(std::size_t index,
                                            std::size_t records_max,
                                            RecordIntake& intake) {
  LineReader& reader = readers_[index];
  std::size_t count = 0;
  while (count < records_max) {
    TRY(const auto line, reader.next());
    if (!line) {
      splits_[index].has_ended = reader.at_end() && !options_.follow;
      if (reader.at_end() && options_.follow) TRY_DO(reader.check_size());
      break;
    }
    ++count;
    intake.take({.key = {},
                 .value = line->text,
                 .split = static_cast<std::uint32_t>(index),
                 .offset = line->position,
                 .padding = LineReader::kPadding,
                 .headers = {}});
  }
  return count;
}

std::vector<SplitPosition> LinesReader::positions() const {
  std::vector<SplitPosition> positions;
  for (std::size_t i = 0; i < splits_.size(); ++i) {
    positions.push_back({.split = splits_[i].name, .position = readers_[i].position()});
  }
  return positions;
}

}  // namespace

LinesSource::LinesSource(SourceOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

Result<std::vector<std::unique_ptr<SourceReader>>> LinesSource::open_readers(
    std::size_t count, std::span<const SplitPosition> restored) {
  Positions positions;
  for (const SplitPosition& position : restored)
    positions[position.split] = position.position;

  const auto finder = std::make_shared<SplitFinder>(options_.path, count, clock_);
  TRY_DO(finder->look());
  const bool may_wait = options_.follow && is_pattern(options_.path);
  if (finder->file_count() == 0 && !may_wait) {
    return Error(ErrorKind::NotFound, format("no file {}", options_.path));
  }
  std::vector<std::unique_ptr<SourceReader>> readers;
  for (std::size_t i = 0; i < count; ++i) {
    auto reader = std::make_unique<LinesReader>(finder, i, options_, clock_, positions);
    TRY_DO(reader->open_found());
    readers.push_back(std::move(reader));
  }
  return readers;
}

Status LinesSource::commit(std::span<const SplitPosition>) {
  return Done{};
}

}  // namespace weir::file
