// weir errors: what a job has set aside, and sending it through the job again.
#include <algorithm>
#include <charconv>
#include <optional>
#include <ostream>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/format.h"
#include "base/terminal_log.h"
#include "config/nearest.h"
#include "config/quantity.h"
#include "error_stream.h"
#include "format/base64.h"
#include "format/utf8.h"
#include "host/time_text.h"
#include "jobs_files.h"
#include "replay.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

namespace json = boost::json;

struct Filter {
  std::optional<std::string> id;
  std::optional<std::string> reason;
  std::optional<std::string> field;
  std::optional<std::string> topic;
  std::optional<std::int64_t> partition;
  std::optional<std::int64_t> offset;
  std::optional<std::int64_t> since;  // ms UTC

  bool takes(const SetAside& record) const {
    if (id && !record.id.starts_with(*id)) return false;
    if (reason && record.reason.find(*reason) == std::string::npos) return false;
    if (field && record.field != *field) return false;
    if (topic && record.topic != *topic) return false;
    if (partition && (!record.topic || record.partition != *partition)) return false;
    if (offset && (!record.topic || record.offset != *offset)) return false;
    return !since || (record.timestamp && *record.timestamp >= *since);
  }
};

Result<std::optional<std::int64_t>> number_option(const Arguments& arguments,
                                                  std::string_view name) {
  const auto text = arguments.value(name);
  if (!text) return std::optional<std::int64_t>();
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (problem != std::errc() || end != text->data() + text->size()) {
    return Error(ErrorKind::Invalid, format("--{} wants a whole number, not {}", name, *text));
  }
  return std::optional(number);
}

Result<Filter> read_filter(const Arguments& arguments, const Clock& clock) {
  Filter filter;
  if (arguments.positional.size() > 2) filter.id = arguments.positional[2];
  filter.reason = arguments.value("reason");
  filter.field = arguments.value("field");
  filter.topic = arguments.value("topic");
  TRY(filter.partition, number_option(arguments, "partition"));
  TRY(filter.offset, number_option(arguments, "offset"));
  if (const auto text = arguments.value("since")) {
    const auto ago = parse_duration(*text);
    if (!ago) {
      return Error(ErrorKind::Invalid,
                   format("--since wants how long ago, like \"2h\", not {}", *text));
    }
    filter.since = (clock.wall_now() - *ago).time_since_epoch().count();
  }
  return filter;
}

std::string place_of(const SetAside& record) {
  if (!record.topic) return {};
  return format("{}/{}@{}", *record.topic, record.partition, record.offset);
}

std::string time_of(const SetAside& record) {
  if (!record.timestamp) return {};
  return time_text(WallTime(std::chrono::milliseconds(*record.timestamp)));
}

std::string_view name_of(ReplayMark mark) {
  switch (mark) {
    case ReplayMark::None: return "";
    case ReplayMark::Sending: return "uncertain";
    case ReplayMark::Sent: return "replayed";
  }
  return "";
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// Bytes as text when they are one, else in base64.
std::string shown(const std::string& bytes) {
  if (is_utf8(bytes)) return bytes;
  std::string text(base64_size(bytes.size()), '\0');
  write_base64(bytes, text.data());
  return "base64: " + text;
}

// The record as the stream has it, and its id here.
json::object document_of(const SetAside& record, const ReplayJournal& journal) {
  json::object document = {{"id", record.id},
                           {"replay", name_of(journal.mark_of(record.id)).data()}};
  const json::value original = json::parse(record.document);
  for (const auto& [key, value] : original.as_object())
    document[key] = value;
  return document;
}

// What the actions work on.
struct Work {
  const JobSpec& job;
  std::vector<const SetAside*> records;
  ReplayJournal& journal;
  HostConnectors& connectors;
  Interrupts& interrupts;
  const Arguments& arguments;
  Console& console;
};

ExitCode list(const Work& work) {
  if (work.arguments.has("json")) {
    for (const SetAside* record : work.records)
      work.console.out << json::serialize(document_of(*record, work.journal)) << '\n';
    return ExitCode::Success;
  }
  TextTable table(std::vector<Align>(7, Align::Left));
  table.add({"ID", "FROM", "TIME", "OPERATOR", "FIELD", "REASON", "REPLAY"});
  for (const SetAside* record : work.records) {
    table.add({record->id,
               place_of(*record),
               time_of(*record),
               record->operator_uid,
               record->field,
               record->reason,
               std::string(name_of(work.journal.mark_of(record->id)))});
  }
  if (!work.records.empty()) work.console.out << table.text();
  work.console.out << format("{} set aside\n", work.records.size());
  return ExitCode::Success;
}

ExitCode show(const Work& work) {
  if (work.records.empty()) {
    work.console.error << "weir: errors: there is no such record\n";
    return ExitCode::Refused;
  }
  if (work.arguments.has("json")) return list(work);
  for (const SetAside* record : work.records) {
    std::string text = format("id        {}\n", record->id);
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) text += format("{:<9} {}\n", name, value);
    };
    add("from", place_of(*record));
    add("time", time_of(*record));
    if (record->source != record->operator_uid) add("source", record->source);
    add("operator", record->operator_uid);
    add("reason", record->reason);
    add("field", record->field);
    if (record->topic) add("position", format("byte {}", record->position));
    add("replay", std::string(name_of(work.journal.mark_of(record->id))));
    add("key", shown(record->key));
    if (record->value_size) add("cut", format("the value had {} bytes", *record->value_size));
    if (record->value) text += format("value     {}\n", shown(*record->value));
    work.console.out << text << '\n';
  }
  return ExitCode::Success;
}

ExitCode replay_all(const Work& work) {
  const auto result = replay({.job = work.job,
                              .records = work.records,
                              .to_file = work.arguments.value("to").value_or(""),
                              .is_again = work.arguments.has("again")},
                             work.journal,
                             work.connectors,
                             work.interrupts);
  if (!result) {
    work.console.error << format("weir: errors: {}\n", result.error().message());
    return result.error().kind() == ErrorKind::Invalid ? ExitCode::Refused : ExitCode::Unavailable;
  }
  if (work.arguments.has("json")) {
    json::array impossible(result->impossible.begin(), result->impossible.end());
    work.console.out << json::serialize(json::object{{"sent", result->sent},
                                                     {"sent_before", result->sent_before},
                                                     {"uncertain", result->uncertain},
                                                     {"impossible", std::move(impossible)}})
                     << '\n';
  } else {
    for (const std::string& why : result->impossible)
      work.console.out << "cannot be sent: " << why << '\n';
    work.console.out << format("{} sent, {} sent before, {} uncertain, {} impossible\n",
                               result->sent,
                               result->sent_before,
                               result->uncertain,
                               result->impossible.size());
    if (result->uncertain > 0) {
      work.console.out
          << "a replay was cut off while it sent the uncertain ones; look whether they "
             "arrived, then use --again\n";
    }
  }
  const bool is_clean = result->uncertain == 0 && result->impossible.empty();
  return is_clean ? ExitCode::Success : ExitCode::Refused;
}

ExitCode refuse(Console& console, const Error& error, ExitCode code) {
  console.error << format("weir: errors: {}\n", error.message());
  return code;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const SystemClock clock;
  const std::string& action = arguments.positional[0];
  const std::size_t count = arguments.positional.size();
  const auto filter = read_filter(arguments, clock);
  if (!filter) return refuse(console, filter.error(), ExitCode::Usage);
  if ((action != "list" && action != "show" && action != "replay") ||
      (action == "list" && count > 2)) {
    console.error << "weir: errors: say weir errors list JOB, show JOB [ID] or replay JOB [ID]\n";
    return ExitCode::Usage;
  }
  const auto sink = make_terminal_log(LogLevel::Warning);
  HostConnectors connectors(clock, *sink);
  const LoadedJobs loaded =
      load_jobs_as_asked(arguments.value("file").value_or(kJobsFileDefault), arguments, connectors);
  if (!loaded.mistakes.empty()) {
    print_mistakes(loaded.mistakes, console);
    return ExitCode::Refused;
  }
  const auto job = std::ranges::find_if(
      loaded.jobs.jobs, [&](const JobSpec& each) { return each.name == arguments.positional[1]; });
  if (job == loaded.jobs.jobs.end()) {
    return refuse(console,
                  Error(ErrorKind::NotFound, "no job " + arguments.positional[1]),
                  ExitCode::Refused);
  }
  // Before a client makes its threads.
  Interrupts interrupts;
  const auto stream = read_error_stream(*job, connectors, interrupts);
  if (!stream) {
    const bool is_ours = stream.error().kind() == ErrorKind::Invalid;
    return refuse(console, stream.error(), is_ours ? ExitCode::Refused : ExitCode::Unavailable);
  }
  auto journal = action == "replay" ? ReplayJournal::open(loaded.jobs.host.state, job->name)
                                    : ReplayJournal::read(loaded.jobs.host.state, job->name);
  if (!journal) return refuse(console, journal.error(), ExitCode::Unavailable);
  if (stream->unreadable > 0) {
    console.error << format("weir: errors: {} records of the stream are not of this kind\n",
                            stream->unreadable);
  }
  Work work{*job, {}, *journal, connectors, interrupts, arguments, console};
  for (const SetAside& record : stream->records) {
    if (filter->takes(record)) work.records.push_back(&record);
  }
  if (action == "list") return list(work);
  return action == "show" ? show(work) : replay_all(work);
}

}  // namespace

Subcommand errors_subcommand() {
  return {
      "errors",
      "list JOB | show JOB [ID] | replay JOB [ID]  [--file FILE] [filters] [--json]",
      "look at what a job has set aside, and send it through the job again",
      R"(Reads side stream errors of a job in FILE (jobs.toml when none is given): a Kafka topic, as
far as it is committed, or files. list prints a line for each record, show all of it with its bytes
(as text, or in base64 when they are none), replay sends the original bytes, key and timestamp back
to the topic they came from, with a header weir.replayed that says which record this was
("clicks/3@17"). Filters can be combined; ID is what list prints in its first column, or its
beginning. It stands for the record, not for its place in the stream.

What replay sends is written to a journal, [host] state/replayed/JOB.jsonl, before and after, and
goes to Kafka in transactions: when a replay is cut off, the next one asks Kafka what arrived and
sends the rest. So each record is sent once, by whoever uses the same state folder, but for --again.
A file cannot be asked: the last records (at most 100) of a replay --to FILE that is cut off are
uncertain: named, not sent again.

A row that the plugin refused stands for the record it was made of: all of that comes again. Windows
and the rows that they made come of many records; they cannot be replayed, nor can values that were
cut.

Examples:
  weir errors list enter-cn --since 2h
  weir errors list enter-cn --reason "bad number" --json | jq -r .field | sort | uniq -c
  weir errors show enter-cn 3f9a
  weir errors replay enter-cn --topic clicks --partition 3
  weir errors replay enter-cn --to again.jsonl

Ends with 1 when there is no such job, stream or record, or when not all could be replayed, with 3
when the stream cannot be read or another replay of the job is running.
)",
      {{{"file", "FILE", "jobs file", Completion::File},
        {"reason", "TEXT", "only with this in their reason"},
        {"field", "FIELD", "only about this field"},
        {"topic", "TOPIC", "only from this topic (or file)"},
        {"partition", "N", "only from this partition"},
        {"offset", "N", "only from this offset"},
        {"since", "TIME", "only with a timestamp since so long ago, like 2h"},
        {"to", "FILE", "replay: append to this file instead"},
        {"again", "", "replay: those too that were, or may have been, sent before"},
        plugin_path_option(),
        json_option()},
       2,
       3},
      run};
}

}  // namespace weir
