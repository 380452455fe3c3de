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

}  // namespace

// Walks from section to section, and in each straight to the key groups asked for.
Status RocksReader::read(std::uint16_t first, std::uint16_t count, StateIntake& intake) {
  if (database_ == nullptr) return Error(ErrorKind::Unavailable, "the state is not open");
  if (!number_) return Done{};
  const std::string end = operator_begin(*number_ + 1);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  options.fill_cache = false;
  options.readahead_size = kReadAheadBytes;
  const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator(options));
  at->Seek(operator_begin(*number_));
  while (at->Valid()) {
    TRY(const StatePlace place, decode_place(text_of(at->key())));
    if (place.group < first) {
      at->Seek(group_begin(*number_, place.section, first));
      continue;
    }
    if (place.group - first >= count) {
      at->Seek(group_begin(*number_, place.section, 0x10000));
      continue;
    }
    const std::string_view value = text_of(at->value());
    if (value.empty()) {
      return Error(
          ErrorKind::Corrupt,
          format("an entry of section {}, key group {} is empty", place.section, place.group));
    }
    TRY_DO(intake.take(place, value.substr(1)));
    at->Next();
  }
  if (!at->status().ok()) return error_of(at->status()).during("read state");
  return Done{};
}

std::vector<std::string> RocksReader::notes(std::string_view name) const {
  return number_ ? metadata_.notes(*number_, name) : std::vector<std::string>();
}

}  // namespace weir
