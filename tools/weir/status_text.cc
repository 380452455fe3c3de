#include "status_text.h"

#include <map>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "config/quantity.h"
#include "text_table.h"

namespace weir {
namespace {

namespace json = boost::json;

const json::value kNothing;

// A member of an object; null when there is none.
const json::value& member(const json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains({name.data(), name.size()}) : nullptr;
  return found ? *found : kNothing;
}

// As people read it: numbers in groups of three digits, nothing as "-".
std::string shown(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(text->begin(), text->end());
  if (value.is_null()) return "-";
  if (const auto* flag = value.if_bool()) return *flag ? "yes" : "no";
  if (!value.is_int64() && !value.is_uint64()) return json::serialize(value);
  std::string digits = json::serialize(value);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;)
    digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string shown(const json::value& value, std::string_view name) {
  return shown(member(value, name));
}

std::string percent(const json::value& value) {
  const double share = value.is_number() ? value.to_number<double>() : 0;
  return format("{:.0f}%", share * 100);
}

std::string bytes(const json::value& value) {
  const double count = value.is_number() ? value.to_number<double>() : 0;
  if (count < 10'240) return format("{:.0f} B", count);
  if (count < 10'485'760) return format("{:.0f} KiB", count / 1'024);
  return format("{:.0f} MiB", count / 1'048'576);
}

const json::array& elements(const json::value& value, std::string_view name) {
  static const json::array none;
  const auto* list = member(value, name).if_array();
  return list ? *list : none;
}

Result<json::value> parse(std::string_view document, std::string_view needed) {
  json::error_code problem;
  json::value value = json::parse({document.data(), document.size()}, problem);
  if (problem) return Error(ErrorKind::Corrupt, "the answer is not JSON: " + problem.message());
  if (member(value, needed).is_null()) {
    return Error(ErrorKind::Corrupt, format("the answer has no member {}", needed));
  }
  return value;
}

std::string table_text(const json::value& document) {
  using enum Align;
  TextTable table({Left, Left, Left, Right, Right, Right, Right, Right, Left});
  table.add(
      {"JOB", "STATE", "PLUGIN", "RECORDS IN", "ROWS OUT", "LATE", "ERRORS", "LAG", "WATERMARK"});
  for (const json::value& job : elements(document, "jobs")) {
    table.add(
        {shown(job, "name"),
         shown(job, "state"),
         format("{}/{} {}", shown(job, "plugin"), shown(job, "type"), shown(job, "plugin_version")),
         shown(job, "records_in"),
         shown(job, "rows_out"),
         shown(job, "late"),
         shown(job, "errors"),
         shown(job, "lag"),
         shown(job, "watermark")});
  }
  return table.text();
}

std::string operators_text(const json::value& job) {
  using enum Align;
  TextTable table({Left, Left, Right, Right, Right, Right, Right, Right, Right, Right, Left, Left});
  table.add({"OPERATOR",
             "KIND",
             "ROWS IN",
             "ROWS OUT",
             "FILTERED",
             "UNNATURAL",
             "LATE",
             "ERRORS",
             "BLOCKED",
             "KEYS",
             "WATERMARK",
             "HELD BY"});
  for (const json::value& op : elements(job, "operators")) {
    const std::int64_t errors =
        member(op, "errors").is_int64() ? member(op, "errors").as_int64() : 0;
    const std::int64_t rejected =
        member(op, "rejected").is_int64() ? member(op, "rejected").as_int64() : 0;
    table.add({shown(op, "uid"),
               shown(op, "kind"),
               shown(op, "rows_in"),
               shown(op, "rows_out"),
               shown(op, "filtered"),
               shown(op, "unnatural"),
               shown(op, "late"),
               shown(json::value(errors + rejected)),
               percent(member(op, "blocked_share")),
               format("{} ({})", shown(op, "key_count"), bytes(member(op, "state_bytes"))),
               shown(op, "watermark"),
               shown(op, "watermark_holder")});
  }
  return table.text(2);
}

std::string splits_text(const json::value& job) {
  using enum Align;
  TextTable table({Left, Left, Right, Right, Left, Left});
  table.add({"SOURCE", "SPLIT", "POSITION", "LAG", "WATERMARK", ""});
  for (const json::value& split : elements(job, "splits")) {
    const bool is_idle = member(split, "is_idle") == json::value(true);
    const bool has_ended = member(split, "has_ended") == json::value(true);
    table.add({shown(split, "source"),
               shown(split, "split"),
               shown(split, "position"),
               shown(split, "lag"),
               shown(split, "watermark"),
               has_ended ? "ended"
               : is_idle ? "idle"
                         : ""});
  }
  return table.text(2);
}

std::string sides_text(const json::value& job) {
  using enum Align;
  TextTable table({Left, Right, Left});
  for (const json::value& side : elements(job, "sides")) {
    const bool is_connected = member(side, "is_connected") == json::value(true);
    table.add({shown(side, "stream"), shown(side, "rows"), is_connected ? "" : "counted only"});
  }
  return table.text(2);
}

// What of a failure inside the job shows: it went on by itself, or will.
std::string restarts_text(const json::value& job) {
  std::string text;
  if (member(job, "restarts") != json::value(0)) {
    text += format(", {} restarts", shown(job, "restarts"));
  }
  if (const json::value& next = member(job, "next_start"); next.is_string()) {
    text += format(", starts again at {}", shown(job, "next_start"));
  }
  return text;
}

// "  exactly-once: labels, side.late; at-least-once: debug\n"
std::string deliveries_text(const json::value& job) {
  std::map<std::string, std::string> ports;
  for (const json::value& sink : elements(job, "sinks")) {
    std::string& of_class = ports[shown(sink, "delivery")];
    of_class += (of_class.empty() ? "" : ", ") + shown(sink, "port");
  }
  std::string text;
  for (const auto& [delivery, names] : ports)
    text += format("{}{}: {}", text.empty() ? "  " : "; ", delivery, names);
  return text.empty() ? text : text + '\n';
}

std::string counters_text(const json::value& job) {
  using enum Align;
  TextTable table({Left, Right, Left});
  for (const json::value& counter : elements(job, "counters")) {
    table.add({shown(counter, "name"), shown(counter, "value"), shown(counter, "doc")});
  }
  return table.text(2);
}

}  // namespace

Result<std::string> job_table_text(std::string_view document) {
  TRY(const json::value value, parse(document, "jobs"));
  return table_text(value);
}

Result<std::string> host_text(std::string_view document) {
  TRY(const json::value value, parse(document, "jobs"));
  const json::value& host = member(value, "host");
  std::string busy;
  for (const json::value& share : elements(host, "worker_busy_share"))
    busy += ' ' + percent(share);
  return format("weir {}, since {}, {} workers, busy{}\n\n{}",
                shown(host, "version"),
                shown(host, "started_at"),
                shown(host, "workers"),
                busy.empty() ? " -" : busy,
                table_text(value));
}

Result<std::vector<std::string>> job_names(std::string_view document) {
  TRY(const json::value value, parse(document, "jobs"));
  std::vector<std::string> names;
  for (const json::value& job : elements(value, "jobs"))
    names.push_back(shown(job, "name"));
  return names;
}

Result<std::string> job_text(std::string_view document) {
  TRY(const json::value job, parse(document, "name"));
  std::string text = format("{}  {}  {}/{} {}\n",
                            shown(job, "name"),
                            shown(job, "state"),
                            shown(job, "plugin"),
                            shown(job, "type"),
                            shown(job, "plugin_version"));
  if (member(job, "cause") != json::value("")) text += format("  cause: {}\n", shown(job, "cause"));
  const json::value& epoch = member(job, "epoch");
  text += format("  since {}, {} epochs, the last took {} ms{}\n",
                 shown(job, "started_at"),
                 shown(epoch, "completed"),
                 shown(epoch, "duration_ms"),
                 restarts_text(job));
  if (member(epoch, "pause") != json::value("")) {
    text += format("  paused: {}\n", shown(epoch, "pause"));
  }
  text += deliveries_text(job) + '\n';
  for (const json::value& call : elements(job, "slow_calls")) {
    text += format("  a call of operator {} has not come back for {} ms; records {} at {} to {}\n",
                   shown(call, "operator"),
                   shown(call, "lasting_ms"),
                   shown(call, "split"),
                   shown(call, "first_offset"),
                   shown(call, "last_offset"));
  }
  text += operators_text(job) + '\n' + splits_text(job) + '\n' + sides_text(job);
  if (!elements(job, "counters").empty()) text += '\n' + counters_text(job);
  return text;
}

}  // namespace weir
