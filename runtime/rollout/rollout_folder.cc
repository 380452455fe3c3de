#include "rollout/rollout_folder.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/file.h>

#include "base/format.h"
#include "base/list_folder.h"
#include "registry/stored_version.h"
#include "registry/version_store.h"
#include "rollout/durable_file.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

// Made when it is not there; negative: it cannot be.
int open_file(const fs::path& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

}  // namespace

Status RolloutFolder::write(const Generation& generation) const {
  const fs::path folder = folder_ / "generations" / std::to_string(generation.lock.generation);
  TRY_DO(write_durably(folder / "jobs.toml", generation.jobs_text));
  return write_durably(folder / "jobs.lock", encode_lock(generation.lock));
}

Result<Generation> RolloutFolder::read(std::uint64_t number) const {
  const fs::path folder = folder_ / "generations" / std::to_string(number);
  auto jobs = read_whole_file(folder / "jobs.toml");
  if (!jobs) {
    return Error(jobs.error().kind(), format("generation {} is not kept", number));
  }
  ReadLock read = read_lock(folder / "jobs.lock");
  if (!read.mistakes.empty()) return Error(ErrorKind::Corrupt, text(read.mistakes.front()));
  return Generation{*std::move(jobs), std::move(read.lock)};
}

std::vector<std::uint64_t> RolloutFolder::generations() const {
  std::vector<std::uint64_t> numbers;
  const auto found = list_folder(folder_ / "generations");
  if (!found) return numbers;
  for (const fs::path& path : *found) {
    const std::string name = path.filename().string();
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (problem == std::errc() && end == name.data() + name.size()) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::uint64_t RolloutFolder::next_generation(const Lock& lock) const {
  const std::vector<std::uint64_t> kept = generations();
  return std::max(lock.generation, kept.empty() ? 0 : kept.back()) + 1;
}

Result<fs::path> RolloutFolder::keep_plugin(const fs::path& file, const std::string& hash) const {
  if (auto kept = kept_plugin(hash)) return kept;
  if (is_stored(file)) {
    // With the libraries of its bundle.
    TRY(const StoredVersion version, read_stored_version(fs::absolute(file).parent_path()));
    TRY(const StoredVersion kept, VersionStore(folder_ / "plugins").copy(version));
    return kept.library();
  }
  TRY(const std::string bytes, read_whole_file(file));
  const fs::path place = fs::absolute(folder_ / "plugins" / hash / file.filename());
  TRY_DO(write_durably(place, bytes));
  return place;
}

Result<fs::path> RolloutFolder::kept_plugin(const std::string& hash) const {
  if (const auto version = read_stored_version(folder_ / "plugins" / hash)) {
    return version->library();
  }
  const auto files = list_folder(folder_ / "plugins" / hash);
  if (files) {
    for (const fs::path& file : *files) {
      if (file.extension() == ".so") return fs::absolute(file);
    }
  }
  return Error(ErrorKind::NotFound, format("no plugin file of hash {} is kept", hash));
}

std::set<std::string> RolloutFolder::kept_hashes() const {
  std::set<std::string> hashes;
  const auto found = list_folder(folder_ / "plugins");
  if (!found) return hashes;
  for (const fs::path& path : *found) {
    const std::string hash = path.filename().string();
    const bool is_half_written = hash.starts_with('.');
    if (!is_half_written && kept_plugin(hash)) hashes.insert(hash);
  }
  return hashes;
}

std::optional<RunningMark> RunningMark::set(const RolloutFolder& folder) {
  RunningMark mark(open_file(folder.path() / "RUNNING"));
  if (mark.file_ < 0 || ::flock(mark.file_, LOCK_SH | LOCK_NB) != 0) return std::nullopt;
  return mark;
}

bool RunningMark::is_set(const RolloutFolder& folder) {
  const RunningMark mark(open_file(folder.path() / "RUNNING"));
  return mark.file_ >= 0 && ::flock(mark.file_, LOCK_EX | LOCK_NB) != 0;
}

RunningMark::RunningMark(RunningMark&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

RunningMark::~RunningMark() {
  if (file_ >= 0) ::close(file_);
}

Result<RolloutHold> RolloutHold::take(const RolloutFolder& folder) {
  std::error_code problem;
  fs::create_directories(folder.path(), problem);
  const fs::path path = folder.path() / "LOCK";
  RolloutHold hold(open_file(path));
  if (hold.file_ < 0) {
    return Error(ErrorKind::Unavailable, format("{} cannot be opened", path.string()));
  }
  if (::flock(hold.file_, LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorKind::Unavailable,
                 format("another apply is under way ({} is locked)", path.string()));
  }
  return hold;
}

RolloutHold::RolloutHold(RolloutHold&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

RolloutHold::~RolloutHold() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace weir
