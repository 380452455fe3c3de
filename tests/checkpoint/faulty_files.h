// A file system that fails when told to, and loses what was not synced when its power is cut.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
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
  // No write arrives any more, or none behind so many. Then the image is destroyed, as its process
  // is;
  void cut_power(int writes_left = 0);
  // and what was not synced is lost: names of files and folders, and behind what was synced of a
  // file a random part: its end, or of logs also any of its sectors.
  enum class Loss { End, Sectors };
  void restore_power(std::mt19937& random, Loss loss = Loss::End);
  // The same without the process: a disk that forgets what it did not sync.
  void forget_unsynced();

  int faults() const;    // Calls that failed and files that lost something since the start.
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
  rocksdb::IOStatus NewDirectory(const std::string& name,
                                 const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& name,
                                       const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from,
                               const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  // Its file is one of these as well.
  rocksdb::IOStatus NewLogger(const std::string& name,
                              const rocksdb::IOOptions& options,
                              std::shared_ptr<rocksdb::Logger>* result,
                              rocksdb::IODebugContext* debug) override {
    return rocksdb::FileSystem::NewLogger(name, options, result, debug);
  }
  rocksdb::IOStatus DeleteFile(const std::string& name,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // For the files.
  rocksdb::IOStatus on_write();
  rocksdb::IOStatus on_sync();
  void note_synced(const std::string& name);
  void note_names_synced(const std::string& folder);

 private:
  rocksdb::IOStatus failing(const std::optional<rocksdb::IOStatus>& failure);
  void note_size(const std::string& name);
  void lose_names();
  void lose_end(const std::string& name, std::uint64_t size);

  mutable std::mutex lock_;
  std::optional<rocksdb::IOStatus> write_failure_;
  std::optional<rocksdb::IOStatus> sync_failure_;
  std::optional<int> writes_left_;               // None: the power stays.
  std::map<std::string, std::uint64_t> synced_;  // Bytes, by file.
  std::set<std::string> new_names_;              // Of files and folders, not synced.
  // The name that a file got and what had that name before, by the name; not synced.
  struct Renamed {
    std::string from;
    std::optional<std::string> content;
  };
  std::map<std::string, Renamed> renamed_;
  int faults_ = 0;
  int new_logs_ = 0;
};

}  // namespace weir
