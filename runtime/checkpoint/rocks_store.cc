#include "checkpoint/rocks_store.h"

#include <array>
#include <charconv>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "checkpoint/byte_text.h"
#include "checkpoint/image_layout.h"
#include "checkpoint/image_lock.h"
#include "checkpoint/rocks_error.h"

namespace weir {
namespace {

constexpr std::string_view kEpochPrefix = "epoch-";

rocksdb::Slice slice_of(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view text_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

Status done_or(const rocksdb::Status& status) {
  if (status.ok()) return Done{};
  return error_of(status);
}

rocksdb::WriteOptions synced(bool is_synced) {
  rocksdb::WriteOptions options;
  options.sync = is_synced;
  return options;
}

// Nobody else writes, so that no key is ever locked.
rocksdb::TransactionOptions without_locks() {
  rocksdb::TransactionOptions options;
  options.skip_concurrency_control = true;
  return options;
}

Error opening_error(const std::filesystem::path& folder, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (text.find("lock hold by current process") != std::string::npos) {
    return {ErrorKind::Unavailable,
            format("{} is open in this process already (pid {})", folder.string(), ::getpid())};
  }
  if (status.IsIOError() && text.find("While lock file") != std::string::npos) {
    const auto holder = image_holder(folder);
    return {ErrorKind::Unavailable,
            format("{} is open in another process{}",
                   folder.string(),
                   holder ? format(" (pid {})", *holder) : std::string())};
  }
  return error_of(status);
}

}  // namespace

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& folder,
                                                     const RocksShare& share) {
  rocksdb::TransactionDB* opened = nullptr;
  const rocksdb::Status status = rocksdb::TransactionDB::Open(
      share.options(), rocksdb::TransactionDBOptions(), folder.string(), &opened);
  if (!status.ok()) return opening_error(folder, status);
  std::unique_ptr<RocksStore> store(
      new RocksStore(std::unique_ptr<rocksdb::TransactionDB>(opened)));
  TRY_DO(store->take_prepared());
  return store;
}

Status RocksStore::take_prepared() {
  std::vector<rocksdb::Transaction*> found;
  database_->GetAllPreparedTransactions(&found);
  if (found.empty()) return Done{};
  transaction_.reset(found.front());
  const std::string name = found.front()->GetName();
  std::uint64_t epoch = 0;
  const char* end = name.data() + name.size();
  const bool is_epoch = name.starts_with(kEpochPrefix) &&
                        std::from_chars(name.data() + kEpochPrefix.size(), end, epoch).ptr == end;
  if (found.size() != 1 || !is_epoch) {
    return Error(ErrorKind::Corrupt,
                 format("{} prepared epochs, the first is {}", found.size(), name));
  }
  prepared_epoch_ = epoch;
  return Done{};
}

Result<ImageMetadata> RocksStore::metadata() const {
  const std::string end(1, kMetadataPrefix + 1);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator(options));
  ImageMetadata metadata;
  for (at->Seek({&kMetadataPrefix, 1}); at->Valid(); at->Next())
    TRY_DO(metadata.take(text_of(at->key()), text_of(at->value())));
  TRY_DO(done_or(at->status()));
  return metadata;
}

Status RocksStore::put(const MetadataRecord& record) {
  return done_or(database_->GetBaseDB()->Put(synced(true), record.key, record.value));
}

Status RocksStore::prepare(std::uint64_t epoch, const EpochRecords& records) {
  CHECK(!transaction_);
  transaction_.reset(database_->BeginTransaction(synced(true), without_locks()));
  transaction_->DisableIndexing();
  TRY_DO(done_or(transaction_->SetName(format("{}{}", kEpochPrefix, epoch))));
  for (const MetadataRecord& record : records.metadata())
    TRY_DO(done_or(transaction_->PutUntracked(record.key, record.value)));
  for (const EpochRecords::Entry& entry : records.entries()) {
    const StatePlace place = records.place(entry);
    const std::string start = group_begin(entry.operator_number, place.section, place.group);
    const char layout = static_cast<char>(entry.layout);
    const std::array<rocksdb::Slice, 2> key = {start, slice_of(place.key)};
    const std::array<rocksdb::Slice, 2> value = {rocksdb::Slice(&layout, 1),
                                                 slice_of(records.value(entry))};
    TRY_DO(done_or(transaction_->PutUntracked({key.data(), 2}, {value.data(), 2})));
  }
  WEIR_CRASH_POINT("image.prepare.collected");
  TRY_DO(done_or(transaction_->Prepare()));
  WEIR_CRASH_POINT("image.prepare.synced");
  prepared_epoch_ = epoch;
  return Done{};
}

Status RocksStore::commit() {
  CHECK(transaction_ && prepared_epoch_);
  // A mark that is lost leaves the epoch prepared, and the outside world knows what became of it.
  transaction_->SetWriteOptions(synced(false));
  WEIR_CRASH_POINT("image.commit.begun");
  TRY_DO(done_or(transaction_->Commit()));
  WEIR_CRASH_POINT("image.commit.marked");
  transaction_.reset();
  prepared_epoch_.reset();
  return Done{};
}

Status RocksStore::roll_back() {
  CHECK(transaction_ && prepared_epoch_);
  WEIR_CRASH_POINT("image.roll-back.begun");
  TRY_DO(done_or(transaction_->Rollback()));
  WEIR_CRASH_POINT("image.roll-back.marked");
  transaction_.reset();
  prepared_epoch_.reset();
  return Done{};
}

Status RocksStore::drop(const std::vector<StoredDrop>& drops) {
  rocksdb::WriteBatch batch;
  for (const StoredDrop& drop : drops) {
    const StateDelta::Drop& range = drop.range;
    const std::uint32_t end = std::uint32_t{range.first_group} + range.group_count;
    const auto added =
        batch.DeleteRange(group_begin(drop.operator_number, range.section, range.first_group),
                          group_begin(drop.operator_number, range.section, end));
    TRY_DO(done_or(added));
  }
  if (batch.Count() == 0) return Done{};
  WEIR_CRASH_POINT("image.drop.begun");
  TRY_DO(done_or(database_->GetBaseDB()->Write(synced(false), &batch)));
  WEIR_CRASH_POINT("image.drop.done");
  return Done{};
}

Status RocksStore::flush() {
  return done_or(database_->Flush(rocksdb::FlushOptions()));
}

}  // namespace weir
