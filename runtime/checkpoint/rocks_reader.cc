#include "checkpoint/rocks_reader.h"

#include <memory>
#include <string>
#include <string_view>

#include "base/format.h"
#include "checkpoint/image_layout.h"
#include "checkpoint/rocks_error.h"

namespace weir {
namespace {

constexpr std::size_t kReadAheadBytes = 2 << 20;

std::string_view text_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Hands entries on to one who is told their layout only where it changes.
class PlainIntake final : public EntryIntake {
 public:
  explicit PlainIntake(StateIntake& intake) : intake_(intake) {}
  Status take(const StatePlace& place, std::uint8_t layout, std::string_view value) override {
    if (layout != layout_) {
      TRY_DO(intake_.begin_form(layout));
      layout_ = layout;
    }
    return intake_.take(place, value);
  }

 private:
  StateIntake& intake_;
  std::uint8_t layout_ = 0;
};

}  // namespace

Result<ImageMetadata> read_metadata(rocksdb::DB& database) {
  const std::string end(1, kMetadataPrefix + 1);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator(options));
  ImageMetadata metadata;
  for (at->Seek({&kMetadataPrefix, 1}); at->Valid(); at->Next())
    TRY_DO(metadata.take(text_of(at->key()), text_of(at->value())));
  if (!at->status().ok()) return error_of(at->status());
  return metadata;
}

// Walks from section to section, and in each straight to the key groups asked for.
Status read_entries(rocksdb::DB& database,
                    std::uint32_t operator_number,
                    EntryGroups groups,
                    EntryIntake& intake) {
  const std::string end = operator_begin(operator_number + 1);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  options.fill_cache = false;
  options.readahead_size = kReadAheadBytes;
  const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator(options));
  at->Seek(operator_begin(operator_number));
  while (at->Valid()) {
    TRY(const StatePlace place, decode_place(text_of(at->key())));
    if (place.group < groups.first) {
      at->Seek(group_begin(operator_number, place.section, groups.first));
      continue;
    }
    if (place.group - groups.first >= groups.count) {
      at->Seek(group_begin(operator_number, place.section, 0x10000));
      continue;
    }
    const std::string_view value = text_of(at->value());
    if (value.empty()) {
      return Error(
          ErrorKind::Corrupt,
          format("an entry of section {}, key group {} is empty", place.section, place.group));
    }
    TRY_DO(intake.take(place, static_cast<std::uint8_t>(value[0]), value.substr(1)));
    at->Next();
  }
  if (!at->status().ok()) return error_of(at->status()).during("read state");
  return Done{};
}

Status RocksReader::read(std::uint16_t first, std::uint16_t count, StateIntake& intake) {
  if (database_ == nullptr) return Error(ErrorKind::Unavailable, "the state is not open");
  if (!number_) return Done{};
  PlainIntake plain(intake);
  return read_entries(*database_, *number_, {.first = first, .count = count}, plain);
}

std::vector<std::string> RocksReader::forms() const {
  return number_ ? metadata_.operators().at(*number_).layouts : std::vector<std::string>();
}

std::vector<std::string> RocksReader::notes(std::string_view name) const {
  return number_ ? metadata_.notes(*number_, name) : std::vector<std::string>();
}

}  // namespace weir
