#include "checkpoint/stored_state.h"

#include <system_error>
#include <utility>

#include <rocksdb/db.h>

#include "base/format.h"
#include "checkpoint/image_layout.h"
#include "checkpoint/image_lock.h"
#include "checkpoint/rocks_error.h"
#include "checkpoint/rocks_options.h"
#include "checkpoint/rocks_reader.h"

namespace weir {
namespace {

constexpr int kOpenFilesMax = 64;
constexpr int kAllFilesOpen = -1;

class RocksStoredState final : public StoredState {
 public:
  RocksStoredState(std::unique_ptr<rocksdb::DB> database, ImageMetadata metadata)
      : database_(std::move(database)), metadata_(std::move(metadata)) {}

  const ImageMetadata& metadata() const override { return metadata_; }
  Status read(std::uint32_t operator_number, EntryIntake& intake) const override {
    return read_entries(*database_, operator_number, {}, intake);
  }

 private:
  std::unique_ptr<rocksdb::DB> database_;
  ImageMetadata metadata_;
};

Result<std::unique_ptr<StoredState>> open_unlocked(const std::filesystem::path& folder,
                                                   int open_files_max) {
  rocksdb::Options options;
  options.allow_2pc = true;  // What is prepared in the log is not committed.
  options.max_open_files = open_files_max;
  options.info_log = std::make_shared<Silence>();
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(options, folder.string(), &opened);
  if (!status.ok()) return error_of(status);
  std::unique_ptr<rocksdb::DB> database(opened);
  TRY(ImageMetadata metadata, read_metadata(*database));
  if (!metadata.header()) return Error(ErrorKind::Corrupt, "header is missing");
  return std::make_unique<RocksStoredState>(std::move(database), std::move(metadata));
}

}  // namespace

Result<std::unique_ptr<StoredState>> open_stored_state(const std::filesystem::path& folder) {
  std::error_code failed;
  if (!std::filesystem::exists(folder / "CURRENT", failed)) {
    return Error(ErrorKind::NotFound, format("no state in {}", folder.string()));
  }
  if (const auto holder = image_holder(folder)) {
    return Error(ErrorKind::Unavailable,
                 format("{} is open in process {}", folder.string(), *holder));
  }
  return open_unlocked(folder, kOpenFilesMax).during("open state in " + folder.string());
}

Result<std::unique_ptr<StoredState>> open_copied_state(const std::filesystem::path& folder) {
  auto opened = open_unlocked(folder, kAllFilesOpen).during("open state in " + folder.string());
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (opened && failed) {
    return Error(ErrorKind::Unavailable,
                 format("remove {}: {}", folder.string(), failed.message()));
  }
  return opened;
}

}  // namespace weir
