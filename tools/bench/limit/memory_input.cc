#include "memory_input.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "stream_files.h"

namespace weir::limit {
namespace {

constexpr std::size_t kPadding = 64;
constexpr std::size_t kTurn = 64;  // records

}  // namespace

MemoryInput::MemoryInput(const std::string& directory, const std::vector<std::string>& streams) {
  for (const auto& path : stream_files(directory, streams)) {
    File file;
    file.end = std::filesystem::file_size(path);
    file.bytes.resize(file.end + kPadding);
    std::ifstream(path, std::ios::binary)
        .read(file.bytes.data(), static_cast<std::streamsize>(file.end));
    files_.push_back(std::move(file));
  }
}

std::uint64_t MemoryInput::run(Job& job) {
  std::uint64_t records = 0;
  bool is_more = true;
  while (is_more) {
    is_more = false;
    for (std::uint32_t partition = 0; partition < partitions(); ++partition) {
      File& file = files_[partition];
      for (std::size_t turn = 0; turn < kTurn && file.at < file.end; ++turn) {
        const char* const line = file.bytes.data() + file.at;
        const auto* const stop =
            static_cast<const char*>(std::memchr(line, '\n', file.end - file.at));
        const auto size = static_cast<std::size_t>(stop - line);
        job.take(partition, {line, size});
        file.at += size + 1;
        ++records;
      }
      is_more |= file.at < file.end;
    }
  }
  job.finish();
  return records;
}

}  // namespace weir::limit
