// A file system that fails when told to, and loses what was not synced when its power is cut.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include <rocksdb/file_system.h>

namespace weir {

class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  // The levers. All writes, new files and renames fail like this until further notice;
  void fail_writes(std::optional<rocksdb::IOStatus> failure);
  // or only syncs, which leave what was written where it was.
  void fail_syncs(std::optional<rocksdb::IOStatus> failure);
  // No write arrives any more. Then the image is destroyed, as its process is;
  void cut_power();
  // and files are cut back to what was synced and a random part of what was written behind it.
  void restore_power(std::mt19937& random);

  int faults() const;    // Calls that failed since the start.
  int new_logs() const;  // Logs that were begun since the start.

  const char* Name() const override { return "FaultyFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name,
                                    const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name,
                                       const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from,
                               const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // For the files.
  rocksdb::IOStatus on_write();
  rocksdb::IOStatus on_sync();
  void note_synced(const std::string& name);

 private:
  rocksdb::IOStatus failing(const std::optional<rocksdb::IOStatus>& failure);
  void note_size(const std::string& name);

  mutable std::mutex lock_;
  std::optional<rocksdb::IOStatus> write_failure_;
  std::optional<rocksdb::IOStatus> sync_failure_;
  bool is_dead_ = false;
  std::map<std::string, std::uint64_t> synced_;  // Bytes, by file.
  int faults_ = 0;
  int new_logs_ = 0;
};

}  // namespace weir
