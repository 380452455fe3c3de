#include "replay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <boost/json.hpp>
#include <sys/file.h>

#include "base/format.h"
#include "connectors/options.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kTurn(10);
constexpr std::size_t kMarkedTogether = 100;

Error failed(const std::string& what) {
  return Error(ErrorKind::Unavailable, format("{}: {}", what, ::strerrordesc_np(errno)));
}

std::map<std::string, ReplayMark> read_marks(int file) {
  std::string text;
  std::array<char, 65536> part;
  for (ssize_t count = 0; (count = ::read(file, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  std::map<std::string, ReplayMark> marks;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    boost::system::error_code trouble;
    const json::value line = json::parse({text.data() + begin, end - begin}, trouble);
    begin = end + 1;
    // The last line may be torn; its records were not sent yet.
    if (trouble || !line.is_object()) continue;
    const json::value* id = line.as_object().if_contains("id");
    const json::value* mark = line.as_object().if_contains("mark");
    if (id == nullptr || mark == nullptr || !id->is_string() || !mark->is_string()) continue;
    const bool is_sent = mark->as_string() == "sent";
    marks[std::string(id->as_string().c_str())] = is_sent ? ReplayMark::Sent : ReplayMark::Sending;
  }
  return marks;
}

std::filesystem::path path_of(const std::filesystem::path& state, const std::string& job) {
  return state / "replayed" / (job + ".jsonl");
}

std::string origin_of(const SetAside& record) {
  return format("{}/{}@{}", *record.topic, record.partition, record.offset);
}

// Writes everything and waits until it is safe.
Status write_all(SinkWriter& writer,
                 const std::vector<const SetAside*>& records,
                 Interrupts& interrupts) {
  const auto pause = [&]() -> Status {
    if (interrupts.wait_for(kTurn)) return Error(ErrorKind::Unavailable, "interrupted");
    return Done{};
  };
  for (const SetAside* record : records) {
    const std::string origin = origin_of(*record);
    const std::array<std::pair<std::string_view, std::string_view>, 2> headers = {
        {{"weir.replayed", origin}, {"weir.reason", record->reason}}};
    OutMessage message;
    message.key = record->key;
    message.value = *record->value;
    message.timestamp = record->timestamp.value_or(-1);
    message.headers = headers;
    while (true) {
      TRY(const std::size_t taken, writer.write({&message, 1}));
      if (taken == 1) break;
      TRY_DO(pause());
    }
  }
  while (true) {
    TRY(const Flush flushed, writer.flush());
    if (flushed == Flush::Complete) return Done{};
    TRY_DO(pause());
  }
}

struct Target {
  std::string connector;
  PortRequest request;
};

Result<Target> target_of(const ReplayRequest& request, const SetAside& record) {
  Target target;
  target.request.job = request.job.name;
  target.request.port = "replay";
  if (!request.to_file.empty()) {
    target.connector = "file";
    target.request.options["path"] = std::filesystem::absolute(request.to_file).string();
    return target;
  }
  const auto source = std::ranges::find_if(
      request.job.sources, [&](const SourceSpec& each) { return each.uid == record.operator_uid; });
  if (source == request.job.sources.end()) {
    return Error(ErrorKind::Invalid, "job has no source " + record.operator_uid);
  }
  if (source->connector != "kafka") {
    return Error(ErrorKind::Invalid,
                 format("source {} reads from {}: say --to FILE", source->uid, source->connector));
  }
  target.connector = source->connector;
  target.request.clusters = source->request.clusters;
  const auto cluster = source->request.options.find("cluster");
  if (cluster != source->request.options.end()) target.request.options.insert(*cluster);
  target.request.options["topic"] = *record.topic;
  target.request.options["delivery"] = std::string("at-least-once");
  return target;
}

// A few at a time, so that a replay that is cut off leaves few of which nobody knows.
Status send(const std::vector<const SetAside*>& records,
            SinkWriter& writer,
            ReplayJournal& journal,
            Interrupts& interrupts) {
  for (std::size_t first = 0; first < records.size(); first += kMarkedTogether) {
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kMarkedTogether, records.size() - first);
    const std::vector<const SetAside*> part(begin, begin + static_cast<std::ptrdiff_t>(count));
    TRY_DO(journal.mark(part, ReplayMark::Sending));
    TRY_DO(write_all(writer, part, interrupts));
    TRY_DO(journal.mark(part, ReplayMark::Sent));
  }
  return Done{};
}

// Why a record cannot be sent; empty: it can.
std::string obstacle(const SetAside& record) {
  if (!record.topic) return "no record of a source: a row or window that the plugin refused";
  if (!record.value) return "has no bytes";
  if (record.value_size) {
    return format("only {} of {} bytes were kept", record.value->size(), *record.value_size);
  }
  return {};
}

}  // namespace

Result<ReplayJournal> ReplayJournal::read(const std::filesystem::path& state,
                                          const std::string& job) {
  const auto path = path_of(state, job);
  ReplayJournal journal;
  journal.file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (journal.file_ < 0 && errno != ENOENT) return failed(path.string());
  if (journal.file_ >= 0) journal.marks_ = read_marks(journal.file_);
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
  journal.marks_ = read_marks(journal.file_);
  return journal;
}

ReplayJournal::ReplayJournal(ReplayJournal&& other) noexcept
    : file_(std::exchange(other.file_, -1)), marks_(std::move(other.marks_)) {}

ReplayJournal::~ReplayJournal() {
  if (file_ >= 0) ::close(file_);
}

ReplayMark ReplayJournal::mark_of(const std::string& id) const {
  const auto found = marks_.find(id);
  return found == marks_.end() ? ReplayMark::None : found->second;
}

Status ReplayJournal::mark(const std::vector<const SetAside*>& records, ReplayMark mark) {
  std::string lines = "\n";  // Behind a line that a crash tore.
  for (const SetAside* record : records) {
    const char* const text = mark == ReplayMark::Sent ? "sent" : "sending";
    lines += json::serialize(json::object{{"id", record->id}, {"mark", text}}) + '\n';
    marks_[record->id] = mark;
  }
  if (::write(file_, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()) ||
      ::fdatasync(file_) != 0) {
    return failed("the journal of replays");
  }
  return Done{};
}

Result<ReplayResult> replay(const ReplayRequest& request,
                            ReplayJournal& journal,
                            HostConnectors& connectors,
                            Interrupts& interrupts) {
  ReplayResult result;
  // By topic, as each has a sink of its own.
  std::map<std::string, std::vector<const SetAside*>> by_topic;
  for (const SetAside* record : request.records) {
    const std::string why_not = obstacle(*record);
    const ReplayMark mark = journal.mark_of(record->id);
    if (!why_not.empty()) {
      result.impossible.push_back(format("{}: {}", record->id, why_not));
    } else if (mark == ReplayMark::Sent && !request.is_again) {
      ++result.sent_before;
    } else if (mark == ReplayMark::Sending && !request.is_again) {
      ++result.uncertain;
    } else {
      by_topic[request.to_file.empty() ? *record->topic : ""].push_back(record);
    }
  }
  for (const auto& [topic, records] : by_topic) {
    TRY(const Target target, target_of(request, *records.front()));
    TRY(const Connector* connector, connectors.find(target.connector, {}));
    TRY(auto sink, connector->open_sink(target.request));
    TRY(auto writers, sink->open_writers(1));
    TRY_DO(send(records, *writers.front(), journal, interrupts));
    result.sent += records.size();
  }
  return result;
}

}  // namespace weir
