// A poison list is STATE/poison/JOB.jsonl, a record a line:
//   {"source":"in","split":"clicks/3","offset":17,"alone_in":"REPORT-….json","also_in":"REPORT-…"}
#include "crash/crash_history.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include <boost/json.hpp>

#include "base/format.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::size_t kReportsMax = 100;

std::string text_of(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  const json::string* text = found != nullptr ? found->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t number_of(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  const std::int64_t* number = found != nullptr ? found->if_int64() : nullptr;
  return number != nullptr ? *number : 0;
}

Result<json::object> parse(const std::string& text) {
  boost::system::error_code trouble;
  json::value value = json::parse(text, trouble);
  if (trouble || !value.is_object()) return Error(ErrorKind::Corrupt, "is no object of JSON");
  return std::move(value.as_object());
}

Result<DeathNote> read_note(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  TRY(const json::object report, parse(text.str()));
  DeathNote note;
  note.name = path.filename().string();
  note.job = text_of(report, "job");
  const json::value* records = report.if_contains("records");
  if (records == nullptr || !records->is_array()) {
    return Error(ErrorKind::Corrupt, "names no records");
  }
  for (const json::value& each : records->as_array()) {
    if (!each.is_object()) return Error(ErrorKind::Corrupt, "names a record wrongly");
    const json::object& record = each.as_object();
    note.records.push_back({.source = text_of(record, "source"),
                            .split = text_of(record, "split"),
                            .span = {number_of(record, "first"), number_of(record, "last")}});
  }
  return note;
}

// Oldest first, as their names begin with the time.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            std::string_view begin,
                                            std::string_view end) {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(begin) && name.ends_with(end)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string line_of(const PoisonRecord& record) {
  return json::serialize(json::object{{"source", record.source},
                                      {"split", record.split},
                                      {"offset", record.offset},
                                      {"alone_in", record.alone_in},
                                      {"also_in", record.also_in}});
}

}  // namespace

CrashHistory CrashHistory::read(const std::filesystem::path& state) {
  CrashHistory history;
  history.read_reports(state / "crash");
  history.read_lists(state / "poison");
  for (PoisonRecord& record : find_poison(history.notes_)) {
    if (!history.is_listed(record)) history.new_poison_.push_back(std::move(record));
  }
  if (!history.new_poison_.empty()) history.write_lists(state / "poison");

  const auto split = [&](const std::string& job,
                         const std::string& source,
                         const std::string& name) -> SplitSuspects& {
    auto& suspects = history.suspects_[job];
    if (suspects == nullptr) suspects = std::make_shared<JobSuspects>();
    return suspects->splits[{source, name}];
  };
  for (const DeathNote& note : history.notes_) {
    for (const DeathNote::Records& records : note.records) {
      split(note.job, records.source, records.split).spans.push_back(records.span);
    }
  }
  for (const auto* list : {&history.listed_, &history.new_poison_}) {
    for (const PoisonRecord& record : *list) {
      split(record.job, record.source, record.split).poison.push_back(record.offset);
    }
  }
  return history;
}

std::shared_ptr<const JobSuspects> CrashHistory::suspects_of(std::string_view job) const {
  const auto found = suspects_.find(job);
  return found == suspects_.end() ? nullptr : found->second;
}

void CrashHistory::read_reports(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files = files_in(folder, "REPORT-", ".json");
  if (files.size() > kReportsMax) {
    const auto old = files.end() - static_cast<std::ptrdiff_t>(kReportsMax);
    std::error_code none;
    std::for_each(
        files.begin(), old, [&](const auto& path) { std::filesystem::remove(path, none); });
    files.erase(files.begin(), old);
  }
  for (const auto& path : files) {
    auto note = read_note(path);
    if (note) {
      notes_.push_back(*std::move(note));
    } else {
      trouble_.push_back(format("{}: {}", path.string(), note.error().message()));
    }
  }
}

void CrashHistory::read_lists(const std::filesystem::path& folder) {
  for (const auto& path : files_in(folder, "", ".jsonl")) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const auto parsed = parse(line);
      if (!parsed) {
        trouble_.push_back(format("{}: a line {}", path.string(), parsed.error().message()));
        continue;
      }
      listed_.push_back({.job = path.stem().string(),
                         .source = text_of(*parsed, "source"),
                         .split = text_of(*parsed, "split"),
                         .offset = number_of(*parsed, "offset"),
                         .alone_in = text_of(*parsed, "alone_in"),
                         .also_in = text_of(*parsed, "also_in")});
    }
  }
}

// Should a line be lost, the reports give it again at the next start.
void CrashHistory::write_lists(const std::filesystem::path& folder) {
  std::error_code trouble;
  std::filesystem::create_directories(folder, trouble);
  for (const PoisonRecord& record : new_poison_) {
    const auto path = folder / (record.job + ".jsonl");
    std::ofstream file(path, std::ios::app);
    file << line_of(record) << '\n';
    file.flush();
    if (!file) trouble_.push_back(format("{}: cannot be written", path.string()));
  }
}

bool CrashHistory::is_listed(const PoisonRecord& record) const {
  return std::ranges::any_of(listed_, [&](const PoisonRecord& each) {
    return each.job == record.job && each.source == record.source && each.split == record.split &&
           each.offset == record.offset;
  });
}

}  // namespace weir
