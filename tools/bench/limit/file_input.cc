#include "file_input.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "stream_files.h"

namespace weir::limit {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kPadding = 64;

}  // namespace

FileInput::FileInput(const std::string& directory, const std::vector<std::string>& streams) {
  for (const auto& path : stream_files(directory, streams)) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      std::perror(path.c_str());
      continue;
    }
    files_.push_back({.descriptor = descriptor, .piece = std::string(kPiece + kPadding, '\0')});
  }
}

FileInput::~FileInput() {
  for (const File& file : files_)
    ::close(file.descriptor);
}

void FileInput::refill(File& file) {
  const auto count = ::read(file.descriptor, file.piece.data() + file.used, kPiece - file.used);
  if (count > 0) file.used += static_cast<std::size_t>(count);
  file.is_at_end = count <= 0;
}

std::uint64_t FileInput::take_lines(File& file, std::uint32_t partition, Job& job) {
  std::uint64_t records = 0;
  const char* at = file.piece.data();
  const char* const end = at + file.used;
  while (const auto* stop =
             static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) {
    job.take(partition, {at, static_cast<std::size_t>(stop - at)});
    at = stop + 1;
    ++records;
  }
  file.used = static_cast<std::size_t>(end - at);
  std::memmove(file.piece.data(), at, file.used);
  return records;
}

std::uint64_t FileInput::run(Job& job) {
  std::uint64_t records = 0;
  bool is_more = true;
  while (is_more) {
    is_more = false;
    for (std::uint32_t partition = 0; partition < partitions(); ++partition) {
      File& file = files_[partition];
      if (file.is_at_end) continue;
      refill(file);
      records += take_lines(file, partition, job);
      is_more = true;
    }
  }
  job.finish();
  return records;
}

}  // namespace weir::limit
