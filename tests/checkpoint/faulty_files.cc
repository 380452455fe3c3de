#include "checkpoint/faulty_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
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
  // What is synced is only remembered: no real power goes, and a real disk takes its time.
  IOStatus Sync(const rocksdb::IOOptions& /*options*/,
                rocksdb::IODebugContext* /*debug*/) override {
    if (IOStatus status = files_.on_sync(); !status.ok()) return status;
    files_.note_synced(name_);
    return IOStatus::OK();
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyFiles& files_;
  std::string name_;
};

class FaultyDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultyDirectory(FaultyFiles& files,
                  std::string name,
                  std::unique_ptr<rocksdb::FSDirectory> directory)
      : FSDirectoryWrapper(std::move(directory)), files_(files), name_(std::move(name)) {}

  IOStatus Fsync(const rocksdb::IOOptions& /*options*/,
                 rocksdb::IODebugContext* /*debug*/) override {
    if (IOStatus status = files_.on_sync(); !status.ok()) return status;
    files_.note_names_synced(name_);
    return IOStatus::OK();
  }
  IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& /*how*/) override {
    return Fsync(options, debug);
  }

 private:
  FaultyFiles& files_;
  std::string name_;
};

constexpr std::uint64_t kSectorBytes = 512;

// The name without a slash at its end.
std::string plain(const std::string& name) {
  return name.size() > 1 && name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
}

std::string folder_of(const std::string& name) {
  return std::filesystem::path(plain(name)).parent_path().string();
}

std::optional<std::string> content_of(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

// Any of the sectors of a file from a place on.
void lose_sectors(const std::string& name, std::uint64_t from, std::mt19937& random) {
  std::string content = content_of(name).value_or("");
  while (from < content.size()) {
    const std::uint64_t end =
        std::min<std::uint64_t>(from + kSectorBytes - from % kSectorBytes, content.size());
    if (random() % 2 == 0) std::fill(content.begin() + from, content.begin() + end, '\0');
    from = end;
  }
  std::ofstream(name, std::ios::binary) << content;
}

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

void FaultyFiles::cut_power(int writes_left) {
  const std::scoped_lock lock(lock_);
  writes_left_ = writes_left;
}

void FaultyFiles::restore_power(std::mt19937& random, Loss loss) {
  const std::scoped_lock lock(lock_);
  writes_left_.reset();
  lose_names();
  for (const auto& [name, synced] : synced_) {
    const std::uint64_t size = size_of(name);
    if (size <= synced) continue;
    lose_end(name, synced + random() % (size - synced + (loss == Loss::Sectors ? 1 : 0)));
    if (loss == Loss::Sectors && name.ends_with(".log")) lose_sectors(name, synced, random);
  }
  synced_.clear();
}

void FaultyFiles::forget_unsynced() {
  const std::scoped_lock lock(lock_);
  for (const auto& [name, synced] : synced_) {
    if (size_of(name) > synced) lose_end(name, synced);
  }
}

void FaultyFiles::lose_end(const std::string& name, std::uint64_t size) {
  ++faults_;
  std::filesystem::resize_file(name, size);
}

void FaultyFiles::lose_names() {
  for (const auto& [name, renamed] : renamed_) {
    ++faults_;
    std::error_code failed;
    std::filesystem::rename(name, renamed.from, failed);
    if (renamed.content) std::ofstream(name, std::ios::binary) << *renamed.content;
  }
  for (const std::string& name : new_names_) {
    ++faults_;
    std::filesystem::remove_all(name);
    std::erase_if(synced_, [&](const auto& each) { return each.first.starts_with(name); });
  }
  renamed_.clear();
  new_names_.clear();
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
  const bool is_dead = writes_left_ && *writes_left_ == 0;
  if (writes_left_ && !is_dead) --*writes_left_;
  if (!failure && !is_dead) return IOStatus::OK();
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
  new_names_.insert(name);
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

void FaultyFiles::note_names_synced(const std::string& folder) {
  const std::scoped_lock lock(lock_);
  std::erase_if(new_names_, [&](const auto& name) { return folder_of(name) == plain(folder); });
  std::erase_if(renamed_, [&](const auto& each) { return folder_of(each.first) == plain(folder); });
}

IOStatus FaultyFiles::NewDirectory(const std::string& name,
                                   const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* result,
                                   rocksdb::IODebugContext* debug) {
  IOStatus status = target()->NewDirectory(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultyDirectory>(*this, name, std::move(*result));
  return status;
}

IOStatus FaultyFiles::CreateDirIfMissing(const std::string& name,
                                         const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* debug) {
  if (std::filesystem::exists(name)) return IOStatus::OK();
  if (IOStatus status = on_write(); !status.ok()) return status;
  IOStatus status = target()->CreateDirIfMissing(name, options, debug);
  const std::scoped_lock lock(lock_);
  if (status.ok()) new_names_.insert(plain(name));
  return status;
}

IOStatus FaultyFiles::RenameFile(const std::string& from,
                                 const std::string& to,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) {
  if (IOStatus status = on_write(); !status.ok()) return status;
  auto before = content_of(to);
  IOStatus status = target()->RenameFile(from, to, options, debug);
  const std::scoped_lock lock(lock_);
  if (status.ok()) renamed_[to] = {from, std::move(before)};
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
    new_names_.erase(name);
    renamed_.erase(name);
  }
  return target()->DeleteFile(name, options, debug);
}

}  // namespace weir
