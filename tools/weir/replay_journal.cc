#include "replay_journal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <boost/json.hpp>
#include <sys/file.h>

#include "base/format.h"

namespace weir {
namespace {

namespace json = boost::json;

Error failed(const std::string& what) {
  return Error(ErrorKind::Unavailable, format("{}: {}", what, ::strerrordesc_np(errno)));
}

std::filesystem::path path_of(const std::filesystem::path& state, const std::string& job) {
  return state / "replayed" / (job + ".jsonl");
}

Status sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = file >= 0 && ::fsync(file) == 0;
  const Error error = failed(folder.string());
  if (file >= 0) ::close(file);
  return is_synced ? Status(Done{}) : Status(error);
}

constexpr std::string_view kMarks[] = {"none", "sending", "sent"};

std::optional<ReplayMark> mark_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kMarks); ++i) {
    if (kMarks[i] == name) return static_cast<ReplayMark>(i);
  }
  return std::nullopt;
}

std::string line_of(const std::string& id,
                    ReplayMark mark,
                    const std::optional<ReplayEpoch>& epoch) {
  json::object line = {{"id", id}, {"mark", kMarks[static_cast<std::size_t>(mark)]}};
  if (epoch) {
    line["cluster"] = epoch->cluster;
    line["epoch"] = epoch->number;
  }
  return json::serialize(line) + '\n';
}

std::optional<std::string> text_in(const json::object& line, const char* name) {
  const json::value* found = line.if_contains(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string());
}

std::optional<ReplayEpoch> epoch_in(const json::object& line) {
  const auto cluster = text_in(line, "cluster");
  const json::value* number = line.if_contains("epoch");
  if (!cluster || number == nullptr || !number->is_int64()) return std::nullopt;
  return ReplayEpoch{*cluster, static_cast<std::uint64_t>(number->get_int64())};
}

}  // namespace

void ReplayJournal::read_lines() {
  std::string text;
  std::array<char, 65536> part;
  for (ssize_t count = 0; (count = ::read(file_, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    boost::system::error_code trouble;
    const json::value parsed = json::parse({text.data() + begin, end - begin}, trouble);
    begin = end + 1;
    // The last line may be torn; its records were not sent yet.
    if (trouble || !parsed.is_object()) continue;
    const json::object& line = parsed.get_object();
    const auto id = text_in(line, "id");
    const auto mark = mark_named(text_in(line, "mark").value_or(""));
    if (id && mark) known_.insert_or_assign(*id, Known{*mark, epoch_in(line)});
  }
}

Result<ReplayJournal> ReplayJournal::read(const std::filesystem::path& state,
                                          const std::string& job) {
  const auto path = path_of(state, job);
  ReplayJournal journal;
  journal.file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (journal.file_ < 0 && errno != ENOENT) return failed(path.string());
  if (journal.file_ >= 0) journal.read_lines();
  return journal;
}

Result<ReplayJournal> ReplayJournal::open(const std::filesystem::path& state,
                                          const std::string& job) {
  const auto path = path_of(state, job);
  std::error_code trouble;
  std::filesystem::create_directories(path.parent_path(), trouble);
  ReplayJournal journal;
  journal.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (journal.file_ < 0) return failed(path.string());
  if (::flock(journal.file_, LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorKind::Unavailable, format("job {} is being replayed already", job));
  }
  TRY_DO(sync_folder(path.parent_path()));
  TRY_DO(sync_folder(state));
  journal.read_lines();
  return journal;
}

ReplayJournal::ReplayJournal(ReplayJournal&& other) noexcept
    : file_(std::exchange(other.file_, -1)), known_(std::move(other.known_)) {}

ReplayJournal::~ReplayJournal() {
  if (file_ >= 0) ::close(file_);
}

ReplayMark ReplayJournal::mark_of(const std::string& id) const {
  const auto found = known_.find(id);
  return found == known_.end() ? ReplayMark::None : found->second.mark;
}

Status ReplayJournal::mark(const std::vector<const SetAside*>& records,
                           ReplayMark mark,
                           const std::optional<ReplayEpoch>& epoch) {
  std::string lines;
  for (const SetAside* record : records) {
    lines += line_of(record->id, mark, epoch);
    known_.insert_or_assign(record->id, Known{mark, epoch});
  }
  return write(lines);
}

Status ReplayJournal::settle(const std::string& cluster, std::uint64_t published) {
  std::string lines;
  for (auto& [id, known] : known_) {
    if (known.mark != ReplayMark::Sending || !known.epoch || known.epoch->cluster != cluster)
      continue;
    known.mark = known.epoch->number <= published ? ReplayMark::Sent : ReplayMark::None;
    lines += line_of(id, known.mark, known.epoch);
  }
  return lines.empty() ? Status(Done{}) : write(lines);
}

// Behind a line that a crash tore.
Status ReplayJournal::write(const std::string& lines) {
  const std::string text = '\n' + lines;
  if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fdatasync(file_) != 0) {
    return failed("the journal of replays");
  }
  return Done{};
}

}  // namespace weir
