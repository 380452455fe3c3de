#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "output.h"

namespace weir::datagen {
namespace {

class FileOutput final : public Output {
 public:
  FileOutput(const std::string& directory,
             const std::vector<std::string>& streams,
             std::uint32_t partitions)
      : partitions_(partitions) {
    for (const auto& stream : streams) {
      for (std::uint32_t partition = 0; partition < partitions; ++partition) {
        open(directory + "/" + stream + "-" + std::to_string(partition) + ".jsonl");
      }
    }
  }

  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;
  ~FileOutput() override { finish(); }

  void add(const Line& line) override {
    std::FILE* file = files_[line.stream * partitions_ + line.partition];
    if (file == nullptr) return;
    if (std::fwrite(line.json.data(), 1, line.json.size(), file) != line.json.size() ||
        std::fputc('\n', file) == EOF) {
      keep_failure("cannot write");
    }
  }

  void push() override {
    for (auto* file : files_) {
      if (file != nullptr && std::fflush(file) != 0) keep_failure("cannot write");
    }
  }

  std::string finish() override {
    for (auto& file : files_) {
      if (file != nullptr && std::fclose(std::exchange(file, nullptr)) != 0) {
        keep_failure("cannot write");
      }
    }
    return failure_;
  }

 private:
  void open(const std::string& path) {
    constexpr std::size_t kBuffer = std::size_t{1} << 20U;
    std::FILE* file = std::fopen(path.c_str(), "we");
    if (file == nullptr) {
      keep_failure("cannot open " + path);
    } else {
      std::setvbuf(file, nullptr, _IOFBF, kBuffer);
    }
    files_.push_back(file);
  }

  void keep_failure(const std::string& what) {
    if (failure_.empty()) failure_ = what + ": " + std::generic_category().message(errno);
  }

  std::uint32_t partitions_;
  std::vector<std::FILE*> files_;  // stream by stream
  std::string failure_;
};

}  // namespace

std::unique_ptr<Output> file_output(const std::string& directory,
                                    const std::vector<std::string>& streams,
                                    std::uint32_t partitions) {
  return std::make_unique<FileOutput>(directory, streams, partitions);
}

}  // namespace weir::datagen
