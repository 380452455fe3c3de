#include "rollout/history.h"

#include <algorithm>

#include "rollout/durable_file.h"
#include "rollout/json_reader.h"

namespace weir {
namespace {

namespace json = boost::json;

WallTime time_in(JsonReader& reader, std::string_view key) {
  return WallTime(std::chrono::milliseconds(reader.number(key)));
}

std::int64_t number(WallTime time) {
  return time.time_since_epoch().count();
}

json::array steps_json(const std::vector<HistoryStep>& steps) {
  json::array made;
  for (const HistoryStep& step : steps) {
    made.push_back(json::object{{"job", step.job},
                                {"change", name_of(step.kind)},
                                {"old_version", step.old_version},
                                {"new_version", step.new_version},
                                {"gap_ms", static_cast<std::int64_t>(step.gap.count())},
                                {"is_carried_out", step.is_carried_out}});
  }
  return made;
}

std::vector<HistoryStep> read_steps(JsonReader& from, std::string_view key) {
  std::vector<HistoryStep> steps;
  for (const json::value& each : from.list(key)) {
    JsonReader reader(each);
    HistoryStep& step = steps.emplace_back();
    step.job = reader.text("job");
    const auto kind = change_kind_named(reader.text("change"));
    step.kind = kind.value_or(ChangeKind::Nothing);
    step.old_version = reader.text("old_version");
    step.new_version = reader.text("new_version");
    step.gap = std::chrono::milliseconds(reader.number("gap_ms"));
    step.is_carried_out = reader.boolean("is_carried_out");
    if (reader.is_broken() || !kind) from.refuse();
  }
  return steps;
}

}  // namespace

std::string encode_entry(const HistoryEntry& entry) {
  const json::object made = {{"generation", static_cast<std::int64_t>(entry.generation)},
                             {"from", static_cast<std::int64_t>(entry.from)},
                             {"began", number(entry.began)},
                             {"ended", number(entry.ended)},
                             {"who", entry.who},
                             {"what", entry.what},
                             {"is_undone", entry.is_undone},
                             {"cause", entry.cause},
                             {"steps", steps_json(entry.steps)}};
  return json::serialize(made) + '\n';
}

Result<HistoryEntry> decode_entry(std::string_view line) {
  const Error broken(ErrorKind::Corrupt, "this is no line of the history");
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(line.data(), line.size()), failed);
  if (failed) return broken;
  JsonReader reader(parsed);
  HistoryEntry entry;
  entry.generation = reader.number("generation");
  entry.from = reader.number("from");
  entry.began = time_in(reader, "began");
  entry.ended = time_in(reader, "ended");
  entry.who = reader.text("who");
  entry.what = reader.text("what");
  entry.is_undone = reader.boolean("is_undone");
  entry.cause = reader.text("cause");
  entry.steps = read_steps(reader, "steps");
  if (reader.is_broken()) return broken;
  return entry;
}

Result<std::vector<HistoryEntry>> read_history(const RolloutFolder& folder) {
  std::vector<HistoryEntry> entries;
  const auto text = read_whole_file(folder.history());
  if (!text && text.error().kind() == ErrorKind::NotFound) return entries;
  if (!text) return text.error();
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    auto entry = decode_entry(rest.substr(0, end));
    if (entry) entries.push_back(*std::move(entry));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return entries;
}

Status add_to_history(const RolloutFolder& folder, const HistoryEntry& entry) {
  TRY(const auto entries, read_history(folder));
  const bool is_there = std::ranges::any_of(entries, [&](const HistoryEntry& each) {
    return each.began == entry.began && each.generation == entry.generation &&
           each.who == entry.who;
  });
  if (is_there) return Done{};
  // A line that was cut short ends here.
  const auto text = read_whole_file(folder.history());
  const bool is_torn = text && !text->empty() && !text->ends_with('\n');
  return append_durably(folder.history(), (is_torn ? "\n" : "") + encode_entry(entry));
}

std::map<std::string, std::chrono::milliseconds> measured_gaps(
    const std::vector<HistoryEntry>& entries) {
  std::map<std::string, std::chrono::milliseconds> gaps;
  for (const HistoryEntry& entry : entries) {
    for (const HistoryStep& step : entry.steps) {
      if (step.gap.count() > 0) gaps[step.job] = step.gap;
    }
  }
  return gaps;
}

}  // namespace weir
