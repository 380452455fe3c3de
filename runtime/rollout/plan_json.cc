#include "rollout/plan_json.h"

#include <utility>

#include "base/format.h"
#include "rollout/json_reader.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;

json::array texts_json(const std::vector<std::string>& texts) {
  json::array made;
  for (const std::string& text : texts)
    made.emplace_back(text);
  return made;
}

json::object state_json(const PlannedState& state) {
  json::object made = {{"uid", state.decision.uid},
                       {"decision", name_of(state.decision.verdict)},
                       {"reason", state.decision.reason}};
  if (state.size) {
    made["keys"] = static_cast<std::int64_t>(state.size->keys);
    made["bytes"] = static_cast<std::int64_t>(state.size->bytes);
  }
  return made;
}

json::object change_json(const JobChange& change) {
  json::array states;
  for (const PlannedState& state : change.states)
    states.push_back(state_json(state));
  return {{"job", change.job},
          {"class", change.job_class},
          {"change", name_of(change.kind)},
          {"reasons", texts_json(change.reasons)},
          {"refusals", texts_json(change.refusals)},
          {"plugin", change.plugin},
          {"old_version", change.old_version},
          {"old_hash", change.old_hash},
          {"new_version", change.new_version},
          {"new_hash", change.new_hash},
          {"state", states},
          {"gap_ms", static_cast<std::int64_t>(change.gap.count())},
          {"way_back", name_of(change.way_back)},
          {"way_back_reason", change.way_back_reason},
          {"repeats_outputs", change.repeats_outputs}};
}

std::vector<std::string> read_texts(JsonReader& reader, std::string_view key) {
  std::vector<std::string> texts;
  for (const json::value& each : reader.list(key)) {
    if (!each.is_string()) {
      reader.refuse();
      continue;
    }
    texts.emplace_back(each.get_string());
  }
  return texts;
}

PlannedState read_state(const json::value& value, JsonReader& whole) {
  JsonReader reader(value);
  PlannedState state;
  state.decision.uid = reader.text("uid");
  const auto verdict = state_verdict_named(reader.text("decision"));
  state.decision.verdict = verdict.value_or(StateVerdict::Refuse);
  state.decision.reason = reader.text("reason");
  if (reader.find("keys")) state.size = {reader.number("keys"), reader.number("bytes")};
  if (reader.is_broken() || !verdict) whole.refuse();
  return state;
}

JobChange read_change(const json::value& value, JsonReader& whole) {
  JsonReader reader(value);
  JobChange change;
  change.job = reader.text("job");
  change.job_class = reader.text("class");
  const auto kind = change_kind_named(reader.text("change"));
  change.kind = kind.value_or(ChangeKind::Nothing);
  change.reasons = read_texts(reader, "reasons");
  change.refusals = read_texts(reader, "refusals");
  change.plugin = reader.text("plugin");
  change.old_version = reader.text("old_version");
  change.old_hash = reader.text("old_hash");
  change.new_version = reader.text("new_version");
  change.new_hash = reader.text("new_hash");
  for (const json::value& state : reader.list("state"))
    change.states.push_back(read_state(state, reader));
  change.gap = std::chrono::milliseconds(reader.number("gap_ms"));
  const auto way = way_back_named(reader.text("way_back"));
  change.way_back = way.value_or(WayBack::None);
  change.way_back_reason = reader.text("way_back_reason");
  change.repeats_outputs = reader.boolean("repeats_outputs");
  if (reader.is_broken() || !kind || !way) whole.refuse();
  return change;
}

}  // namespace

std::string encode_plan(const RolloutPlan& plan) {
  json::array changes;
  for (const JobChange& change : plan.changes)
    changes.push_back(change_json(change));
  const json::object made = {{"weir_plan", kFormat},
                             {"generation", static_cast<std::int64_t>(plan.generation)},
                             {"jobs_hash", plan.jobs_hash},
                             {"lock_hash", plan.lock_hash},
                             {"has_work", plan.has_work()},
                             {"is_refused", plan.is_refused()},
                             {"jobs", changes}};
  return json::serialize(made) + '\n';
}

Result<RolloutPlan> decode_plan(std::string_view text) {
  const Error broken(ErrorKind::Corrupt, "this is no plan of weir");
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return broken;
  JsonReader reader(parsed);
  if (reader.number("weir_plan") != static_cast<std::uint64_t>(kFormat)) {
    return reader.is_broken()
               ? broken
               : Error(ErrorKind::Incompatible, "the plan was made by another version of weir");
  }
  RolloutPlan plan;
  plan.generation = reader.number("generation");
  plan.jobs_hash = reader.text("jobs_hash");
  plan.lock_hash = reader.text("lock_hash");
  for (const json::value& each : reader.list("jobs"))
    plan.changes.push_back(read_change(each, reader));
  if (reader.is_broken()) return broken;
  return plan;
}

}  // namespace weir
