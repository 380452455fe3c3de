#include "checkpoint/rocks_store.h"

#include <array>
#include <charconv>
#include <map>
#include <unistd.h>
#include <utility>

#include <rocksdb/utilities/checkpoint.h>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "base/list_folder.h"
#include "checkpoint/byte_text.h"
#include "checkpoint/image_layout.h"
#include "checkpoint/image_lock.h"
#include "checkpoint/rocks_error.h"
#include "checkpoint/rocks_reader.h"
#include "checkpoint/wal_damage.h"

namespace weir {
namespace {

constexpr std::string_view kEpochPrefix = "epoch-";
constexpr char kBeforeOwner = ' ';

rocksdb::Slice slice_of(std::string_view text) {
  return {text.data(), text.size()};
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

std::string name_of(std::uint64_t epoch, const std::string& owner) {
  return format("{}{}{}{}", kEpochPrefix, epoch, kBeforeOwner, owner);
}

std::optional<std::uint64_t> epoch_named(std::string_view name) {
  if (!name.starts_with(kEpochPrefix)) return std::nullopt;
  const std::string_view number =
      name.substr(0, name.find(kBeforeOwner)).substr(kEpochPrefix.size());
  std::uint64_t epoch = 0;
  const char* end = number.data() + number.size();
  if (std::from_chars(number.data(), end, epoch).ptr != end) return std::nullopt;
  return epoch;
}

std::string owner_named(const std::string& name) {
  const std::size_t at = name.find(kBeforeOwner);
  return at == std::string::npos ? std::string() : name.substr(at + 1);
}

// What opening reads of a log, and acts on, must not be lost with the power afterwards: whoever
// wrote it may not have lived to sync it.
Status sync_logs(const std::filesystem::path& folder, rocksdb::Env& env) {
  TRY(const auto files, list_folder(folder));
  for (const auto& file : files) {
    if (file.extension() != ".log") continue;
    std::unique_ptr<rocksdb::WritableFile> log;
    TRY_DO(done_or(env.ReopenWritableFile(file.string(), &log, rocksdb::EnvOptions())));
    TRY_DO(done_or(log->Sync()));
    TRY_DO(done_or(log->Close()));
  }
  return Done{};
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

Result<std::unique_ptr<rocksdb::TransactionDB>> open_database(const std::filesystem::path& folder,
                                                              rocksdb::Options options) {
  rocksdb::TransactionDB* opened = nullptr;
  const auto open_with = [&](rocksdb::WALRecoveryMode mode) {
    options.wal_recovery_mode = mode;
    return rocksdb::TransactionDB::Open(
        options, rocksdb::TransactionDBOptions(), folder.string(), &opened);
  };
  rocksdb::Status status = open_with(rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords);
  if (status.IsCorruption()) {
    TRY(const auto damage, find_wal_damage(folder));
    if (damage && !damage->is_torn_tail) {
      return Error(ErrorKind::Corrupt,
                   format("{} at byte {}, and more follows that is whole",
                          damage->file.string(),
                          damage->offset));
    }
    // A last write that is torn in a way which RocksDB only forgives when told to stop there.
    if (damage) status = open_with(rocksdb::WALRecoveryMode::kPointInTimeRecovery);
  }
  if (!status.ok()) return opening_error(folder, status);
  return std::unique_ptr<rocksdb::TransactionDB>(opened);
}

}  // namespace

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& folder,
                                                     const RocksShare& share) {
  TRY(auto database, open_database(folder, share.options()));
  std::unique_ptr<RocksStore> store(new RocksStore(std::move(database)));
  TRY_DO(sync_logs(folder, *store->database_->GetEnv()));
  TRY(store->metadata_, read_metadata(*store->database_));
  TRY_DO(store->take_prepared());
  return store;
}

Status RocksStore::take_prepared() {
  const std::uint64_t committed = metadata_.head().epoch;
  std::vector<rocksdb::Transaction*> found;
  database_->GetAllPreparedTransactions(&found);
  std::vector<std::unique_ptr<rocksdb::Transaction>> owned(found.begin(), found.end());
  std::map<std::uint64_t, std::unique_ptr<rocksdb::Transaction>> undecided;
  for (auto& transaction : owned) {
    const auto epoch = epoch_named(transaction->GetName());
    if (!epoch) {
      return Error(ErrorKind::Corrupt,
                   format("prepared beside epoch {}: {}", committed, transaction->GetName()));
    }
    // The tables have it already; only its mark in an old log is lost.
    if (*epoch <= committed) {
      TRY_DO(done_or(transaction->Rollback()));
    } else {
      undecided[*epoch] = std::move(transaction);
    }
  }
  const auto hold = [this](auto node) {
    prepared_epoch_ = node.key();
    transaction_ = std::move(node.mapped());
  };
  if (undecided.size() > 2) {
    return Error(ErrorKind::Corrupt,
                 format("{} epochs are prepared beside epoch {}", undecided.size(), committed));
  }
  // The power took the mark of a commit, which nobody syncs, and left what was being prepared
  // behind it; that never begins before the epoch in front of it is committed.
  if (undecided.size() == 2) {
    hold(undecided.extract(undecided.begin()));
    TRY_DO(commit_found());
  }
  if (!undecided.empty()) hold(undecided.extract(undecided.begin()));
  return Done{};
}

Status RocksStore::commit_found() {
  TRY_DO(commit());
  // Or it would be sorted in memory each time somebody reads.
  TRY_DO(flush());
  WEIR_CRASH_POINT("image.commit.flushed");
  TRY(metadata_, read_metadata(*database_));
  return Done{};
}

Status RocksStore::put(const MetadataRecord& record) {
  return done_or(database_->GetBaseDB()->Put(synced(true), record.key, record.value));
}

std::string RocksStore::prepared_by() const {
  return transaction_ ? owner_named(transaction_->GetName()) : std::string();
}

Status RocksStore::prepare(std::uint64_t epoch,
                           const std::string& owner,
                           const EpochRecords& records) {
  CHECK(!transaction_);
  transaction_.reset(database_->BeginTransaction(synced(true), without_locks()));
  transaction_->DisableIndexing();
  TRY_DO(done_or(transaction_->SetName(name_of(epoch, owner))));
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

Status RocksStore::commit(bool is_synced) {
  CHECK(transaction_ && prepared_epoch_);
  transaction_->SetWriteOptions(synced(is_synced));
  WEIR_CRASH_POINT("image.commit.begun");
  TRY_DO(done_or(transaction_->Commit()));
  WEIR_CRASH_POINT("image.commit.marked");
  transaction_.reset();
  prepared_epoch_.reset();
  return Done{};
}

Status RocksStore::roll_back() {
  CHECK(transaction_ && prepared_epoch_);
  transaction_->SetWriteOptions(synced(true));
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

Status RocksStore::copy_to(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* made = nullptr;
  TRY_DO(done_or(rocksdb::Checkpoint::Create(database_.get(), &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  return done_or(checkpoint->CreateCheckpoint(folder.string()));
}

Status RocksStore::flush() {
  return done_or(database_->Flush(rocksdb::FlushOptions()));
}

}  // namespace weir
