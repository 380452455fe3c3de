// A poison list is STATE/poison/JOB.jsonl, a record a line:
//   {"source":"in","split":"clicks/3","offset":17,"fingerprint":"0x9e37…","plugin_build":"180a…",
//    "alone_in":"REPORT-….json","also_in":"REPORT-….json"}
// Without a fingerprint it is about whatever record stands there, without a build about all builds.
#include "crash/crash_history.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

#include <boost/json.hpp>

#include "base/format.h"
#include "base/list_folder.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::size_t kReportsMax = 100;

std::string text_of(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  const json::string* text = found != nullptr ? found->if_string() : nullptr;
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t number_of(const json::object& object, const char* name, std::int64_t missing = 0) {
  const json::value* found = object.if_contains(name);
  const std::int64_t* number = found != nullptr ? found->if_int64() : nullptr;
  return number != nullptr ? *number : missing;
}

Result<json::object> parse(const std::string& text) {
  boost::system::error_code trouble;
  json::value value = json::parse(text, trouble);
  if (trouble || !value.is_object()) return Error(ErrorKind::Corrupt, "is no object of JSON");
  return std::move(value.as_object());
}

std::optional<std::uint64_t> fingerprint_in(const json::object& object) {
  const std::string text = text_of(object, "fingerprint");
  if (!text.starts_with("0x")) return std::nullopt;
  std::uint64_t fingerprint = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 2, end, fingerprint, 16);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return fingerprint;
}

Result<DeathNote> read_note(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  TRY(const json::object report, parse(text.str()));
  DeathNote note;
  note.name = path.filename().string();
  note.job = text_of(report, "job");
  note.build = text_of(report, "plugin_build");
  if (const json::value* only = report.if_contains("record"); only && only->is_object()) {
    note.fingerprint = fingerprint_in(only->as_object());
  }
  const json::value* records = report.if_contains("records");
  if (records == nullptr || !records->is_array()) {
    return Error(ErrorKind::Corrupt, "names no records");
  }
  for (const json::value& each : records->as_array()) {
    if (!each.is_object()) return Error(ErrorKind::Corrupt, "names a record wrongly");
    const json::object& record = each.as_object();
    note.records.push_back({.source = text_of(record, "source"),
                            .split = text_of(record, "split"),
                            .span = {.first = number_of(record, "first"),
                                     .last = number_of(record, "last"),
                                     .timestamp = number_of(record, "timestamp", -1)}});
  }
  return note;
}

// Oldest first, as their names begin with the time; none where there is no folder.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder,
                                                    std::string_view begin,
                                                    std::string_view end) {
  auto found = list_folder(folder);
  if (!found && found.error().kind() == ErrorKind::NotFound) {
    return std::vector<std::filesystem::path>();
  }
  if (!found) return found;
  std::erase_if(*found, [&](const auto& path) {
    const std::string name = path.filename().string();
    return !name.starts_with(begin) || !name.ends_with(end);
  });
  return found;
}

std::string line_of(const PoisonRecord& record) {
  json::object line = {
      {"source", record.source}, {"split", record.split}, {"offset", record.verdict.offset}};
  if (record.verdict.fingerprint)
    line["fingerprint"] = format("{:#x}", *record.verdict.fingerprint);
  line["plugin_build"] = record.verdict.build;
  line["alone_in"] = record.alone_in;
  line["also_in"] = record.also_in;
  return json::serialize(line);
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
                         const std::string& name) -> JobSuspects::Split& {
    auto& suspects = history.suspects_[job];
    if (suspects == nullptr) suspects = std::make_shared<JobSuspects>();
    return suspects->splits[{source, name}];
  };
  for (const DeathNote& note : history.notes_) {
    for (const DeathNote::Records& records : note.records) {
      SuspectSpan span = records.span;
      span.build = note.build;
      split(note.job, records.source, records.split).spans.push_back(std::move(span));
    }
  }
  for (const auto* list : {&history.listed_, &history.new_poison_}) {
    for (const PoisonRecord& record : *list) {
      split(record.job, record.source, record.split).verdicts.push_back(record.verdict);
    }
  }
  return history;
}

std::shared_ptr<const JobSuspects> CrashHistory::suspects_of(std::string_view job) const {
  const auto found = suspects_.find(job);
  return found == suspects_.end() ? nullptr : found->second;
}

void CrashHistory::read_reports(const std::filesystem::path& folder) {
  auto listed = files_in(folder, "REPORT-", ".json");
  if (!listed) return trouble_.push_back(listed.error().message());
  std::vector<std::filesystem::path> files = *std::move(listed);
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
  const auto files = files_in(folder, "", ".jsonl");
  if (!files) return trouble_.push_back(files.error().message());
  for (const auto& path : *files) {
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
                         .verdict = {.offset = number_of(*parsed, "offset"),
                                     .fingerprint = fingerprint_in(*parsed),
                                     .build = text_of(*parsed, "plugin_build")},
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
  return std::ranges::any_of(
      listed_, [&](const PoisonRecord& each) { return each.is_about_the_same(record); });
}

}  // namespace weir
