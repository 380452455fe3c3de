// Knows RocksDB: not for other folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/utilities/transaction.h>
#include <rocksdb/utilities/transaction_db.h>

#include "base/result.h"
#include "checkpoint/epoch_records.h"
#include "checkpoint/image_metadata.h"
#include "checkpoint/rocks_options.h"

namespace weir {

// The database of an image, from opening it to the first write that fails: then it is to be opened
// anew, because only reading the files tells what of the write is in them.
//
// An epoch is one transaction, named by its number and its owner: "epoch-57 OWNER". The mark of its
// commit is not synced: it becomes durable with the next epoch that is prepared. So a power cut may
// leave the last committed epoch prepared, and then also the next one behind it, if that was just
// being written; which is why the first of two is committed when the store is opened.
class RocksStore final {
 public:
  static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& folder,
                                                  const RocksShare& share);

  std::optional<std::uint64_t> prepared() const { return prepared_epoch_; }
  std::string prepared_by() const;
  // As of the opening, or commit_found().
  const ImageMetadata& metadata() const { return metadata_; }
  rocksdb::DB& database() const { return *database_; }

  // Writes a record outside of any epoch, durably.
  Status put(const MetadataRecord& record);
  Status prepare(std::uint64_t epoch, const std::string& owner, const EpochRecords& records);
  // Where the mark is not synced, the epoch may be found prepared when the power is back.
  Status commit(bool is_synced = false);
  // The same for what was prepared before the opening.
  Status commit_found();
  Status roll_back();
  // Sections never come back, so that it may be repeated.
  Status drop(const std::vector<StoredDrop>& drops);
  // Writes what is in memory to files.
  Status flush();
  // All of it, into a folder that is not there yet.
  Status copy_to(const std::filesystem::path& folder) const;

 private:
  explicit RocksStore(std::unique_ptr<rocksdb::TransactionDB> database)
      : database_(std::move(database)) {}
  Status take_prepared();

  std::unique_ptr<rocksdb::TransactionDB> database_;
  std::unique_ptr<rocksdb::Transaction> transaction_;  // Before its database, when it is destroyed.
  std::optional<std::uint64_t> prepared_epoch_;
  ImageMetadata metadata_;
};

}  // namespace weir
