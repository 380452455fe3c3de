#include "checkpoint/faulty_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace weir {
namespace {

using rocksdb::IOStatus;

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(FaultyFiles& files, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), name_(std::move(name)) {}

  IOStatus Append(const rocksdb::Slice& bytes,
                  const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
    if (IOStatus status = files_.on_write(); !status.ok()) return status;
    return target()->Append(bytes, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& bytes,
                  const rocksdb::IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*checksum*/,
                  rocksdb::IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (IOStatus status = files_.on_sync(); !status.ok()) return status;
    IOStatus status = target()->Sync(options, debug);
    if (status.ok()) files_.note_synced(name_);
    return status;
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyFiles& files_;
  std::string name_;
};

std::uint64_t size_of(const std::string& name) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(name, failed);
  return failed ? 0 : size;
}

}  // namespace

void FaultyFiles::fail_writes(std::optional<IOStatus> failure) {
  const std::scoped_lock lock(lock_);
  write_failure_ = std::move(failure);
}

void FaultyFiles::fail_syncs(std::optional<IOStatus> failure) {
  const std::scoped_lock lock(lock_);
  sync_failure_ = std::move(failure);
}

void FaultyFiles::cut_power() {
  const std::scoped_lock lock(lock_);
  is_dead_ = true;
}

void FaultyFiles::restore_power(std::mt19937& random) {
  const std::scoped_lock lock(lock_);
  is_dead_ = false;
  for (const auto& [name, synced] : synced_) {
    const std::uint64_t size = size_of(name);
    if (size <= synced) continue;
    ++faults_;
    std::filesystem::resize_file(name, synced + random() % (size - synced));
  }
  synced_.clear();
}

int FaultyFiles::faults() const {
  const std::scoped_lock lock(lock_);
  return faults_;
}

int FaultyFiles::new_logs() const {
  const std::scoped_lock lock(lock_);
  return new_logs_;
}

IOStatus FaultyFiles::failing(const std::optional<IOStatus>& failure) {
  if (!failure && !is_dead_) return IOStatus::OK();
  ++faults_;
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the status owns its text
  return failure ? *failure : IOStatus::IOError("the power is cut");
}

IOStatus FaultyFiles::on_write() {
  const std::scoped_lock lock(lock_);
  return failing(write_failure_);
}

IOStatus FaultyFiles::on_sync() {
  const std::scoped_lock lock(lock_);
  return failing(sync_failure_ ? sync_failure_ : write_failure_);
}

void FaultyFiles::note_synced(const std::string& name) {
  const std::scoped_lock lock(lock_);
  synced_[name] = size_of(name);
}

void FaultyFiles::note_size(const std::string& name) {
  const std::scoped_lock lock(lock_);
  synced_[name] = 0;
  if (name.ends_with(".log")) ++new_logs_;
}

IOStatus FaultyFiles::NewWritableFile(const std::string& name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) {
  if (IOStatus status = on_write(); !status.ok()) return status;
  IOStatus status = target()->NewWritableFile(name, options, result, debug);
  if (!status.ok()) return status;
  note_size(name);
  *result = std::make_unique<FaultyFile>(*this, name, std::move(*result));
  return status;
}

IOStatus FaultyFiles::ReopenWritableFile(const std::string& name,
                                         const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* result,
                                         rocksdb::IODebugContext* debug) {
  if (IOStatus status = on_write(); !status.ok()) return status;
  IOStatus status = target()->ReopenWritableFile(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultyFile>(*this, name, std::move(*result));
  return status;
}

IOStatus FaultyFiles::RenameFile(const std::string& from,
                                 const std::string& to,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) {
  if (IOStatus status = on_write(); !status.ok()) return status;
  IOStatus status = target()->RenameFile(from, to, options, debug);
  const std::scoped_lock lock(lock_);
  auto moved = synced_.extract(from);
  synced_.erase(to);
  if (status.ok() && !moved.empty()) synced_[to] = moved.mapped();
  return status;
}

IOStatus FaultyFiles::DeleteFile(const std::string& name,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) {
  if (IOStatus status = on_write(); !status.ok()) return status;
  {
    const std::scoped_lock lock(lock_);
    synced_.erase(name);
  }
  return target()->DeleteFile(name, options, debug);
}

}  // namespace weir
