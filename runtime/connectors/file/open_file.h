#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace weir::file {

// `read /tmp/a.jsonl: No such file or directory`, from errno.
Error io_error(std::string_view operation, const std::string& path);

// A file descriptor, closed with its owner. Moves.
class OpenFile final {
 public:
  static Result<OpenFile> for_reading(const std::string& path);
  // Made with its folders where it does not exist. Unavailable when somebody else has it open for
  // appending.
  static Result<OpenFile> for_appending(const std::string& path);

  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  const std::string& path() const { return path_; }
  Result<std::int64_t> size() const;

  // Returns how many bytes were read: 0 at the end of the file.
  Result<std::size_t> read(std::int64_t position, std::span<char> into) const;
  Status append(std::string_view bytes) const;
  // What was appended survives a loss of power.
  Status sync() const;

 private:
  OpenFile(int descriptor, std::string path);
  static Result<OpenFile> open(const std::string& path, int flags);

  int descriptor_;
  std::string path_;
};

// The entries of the folder of `path` survive a loss of power.
Status sync_folder_of(const std::string& path);

}  // namespace weir::file
