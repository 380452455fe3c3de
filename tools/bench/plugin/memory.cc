#include "memory.h"

#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

double cpu_seconds() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string read_file(const std::filesystem::path& path) {
  constexpr std::size_t kPadding = 64;
  const auto size = std::filesystem::file_size(path);
  std::string bytes;
  bytes.reserve(size + kPadding);
  bytes.resize(size);
  std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

// A position is the byte where the next line starts.
class Lines final : public weir::SplitReader {
 public:
  Lines(std::shared_ptr<const std::string> bytes, std::int64_t position)
      : bytes_(std::move(bytes)), at_(static_cast<std::size_t>(position)) {}

  bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
    for (std::uint32_t taken = 0; taken < messages_max && at_ < bytes_->size(); ++taken) {
      const char* const line = bytes_->data() + at_;
      const auto* const stop =
          static_cast<const char*>(std::memchr(line, '\n', bytes_->size() - at_));
      const auto size = static_cast<std::size_t>(stop - line);
      weir::Message message;
      message.value = {line, size};
      message.offset = static_cast<std::int64_t>(at_);
      intake(message);
      at_ += size + 1;
    }
    return at_ < bytes_->size();
  }

  std::int64_t position() const noexcept override { return static_cast<std::int64_t>(at_); }

 private:
  std::shared_ptr<const std::string> bytes_;
  std::size_t at_;
};

}  // namespace

Memory::Memory(const Options& options, const weir::ConnectorContext& context)
    : log_(context.log()) {
  for (std::uint32_t split = 0;; ++split) {
    const auto path = options.prefix + "-" + std::to_string(split) + ".jsonl";
    if (!std::filesystem::exists(path)) break;
    names_.push_back(path);
    files_.push_back(std::make_shared<const std::string>(read_file(path)));
  }
  if (names_.empty()) throw std::invalid_argument("no file " + options.prefix + "-0.jsonl");
  log_.info("loaded cpu_s=" + std::to_string(cpu_seconds()));
}

Memory::~Memory() {
  log_.info("done cpu_s=" + std::to_string(cpu_seconds()));
}

std::vector<std::string> Memory::splits() const {
  return names_;
}

std::unique_ptr<weir::SplitReader> Memory::open(std::uint32_t split,
                                                std::optional<std::int64_t> position) {
  return std::make_unique<Lines>(files_.at(split), position.value_or(0));
}

}  // namespace bench
