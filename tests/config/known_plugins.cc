#include "config/known_plugins.h"

#include <utility>

namespace weir {
namespace {

Field field(std::string name, FieldType type) {
  Field result{};
  result.name = std::move(name);
  result.type = type;
  return result;
}

std::shared_ptr<const RecordSchema> record(std::string name, std::vector<Field> fields) {
  auto schema = std::make_shared<RecordSchema>();
  schema->name = std::move(name);
  schema->fields = std::move(fields);
  return schema;
}

OperatorDescription operation(std::string uid,
                              OperatorKind kind,
                              std::vector<std::size_t> inputs,
                              std::shared_ptr<const RecordSchema> output) {
  OperatorDescription result{};
  result.uid = std::move(uid);
  result.kind = kind;
  result.inputs = std::move(inputs);
  result.output = std::move(output);
  return result;
}

JobDescription enter_job() {
  const auto step =
      record("EnterStep", {field("tm", FieldType::Time), field("ok", FieldType::Bool)});
  const auto label = record("EnterLabel",
                            {field("lesson_id", FieldType::Text),
                             field("user_id", FieldType::Text),
                             field("label", FieldType::Enum)});
  JobDescription job;
  job.name = "enter";
  job.parameters = {
      {"slow_enter_ms", FieldType::I64, "entering longer than this is slow", std::int64_t{10'000}},
      {"share", FieldType::F64, "of the users", 0.5},
      {"strict", FieldType::Bool, "", false},
      {"region", FieldType::Text, "", std::string("cn")},
      {"patience", FieldType::Duration, "", std::int64_t{30'000}}};
  job.operators = {operation("enter", OperatorKind::Source, {}, step),
                   operation("useful", OperatorKind::Filter, {0}, step),
                   operation("attempts", OperatorKind::WindowAggregate, {1}, label),
                   operation("labels", OperatorKind::Sink, {2}, nullptr)};
  return job;
}

JobDescription courseware_job() {
  const auto action = record("Action", {field("tm", FieldType::Time)});
  const auto label = record("CoursewareLabel", {field("lesson_id", FieldType::Text)});
  JobDescription job;
  job.name = "courseware";
  job.operators = {operation("teacher", OperatorKind::Source, {}, action),
                   operation("student", OperatorKind::Source, {}, action),
                   operation("together", OperatorKind::CoGroup, {0, 1}, label),
                   operation("labels", OperatorKind::Sink, {2}, nullptr)};
  return job;
}

class KnownConnector final : public Connector {
 public:
  KnownConnector(std::string name, std::vector<OptionSpec> in, std::vector<OptionSpec> out)
      : name_(std::move(name)), in_(std::move(in)), out_(std::move(out)) {}

  std::string_view name() const override { return name_; }
  std::vector<OptionSpec> source_options() const override { return in_; }
  std::vector<OptionSpec> sink_options() const override { return out_; }
  bool has_source() const override { return !in_.empty(); }
  bool has_sink() const override { return true; }

  // What it looks into: a topic's name has no spaces, and a cluster's only property is "linger.ms".
  std::vector<OptionMistake> check_source(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    for (const auto& [name, cluster] : request.clusters) {
      for (const auto& [property, value] : cluster.properties) {
        const std::string key = "kafka." + name + ".properties." + property;
        if (property == "linger.ms" && value != "5") {
          mistakes.push_back({key, '"' + value + '"', "5"});
        } else if (property == "linger.mss") {
          mistakes.push_back({key, "an unknown property", "one that it has", {"linger.ms"}});
        }
      }
    }
    if (const auto topics = request.options.find("topics"); topics != request.options.end()) {
      for (const std::string& topic : std::get<std::vector<std::string>>(topics->second)) {
        if (topic.find(' ') == std::string::npos) continue;
        mistakes.push_back({"topics", '"' + topic + '"', "names of topics, without spaces"});
      }
    }
    return mistakes;
  }
  // Two sources may not have the same topic first.
  std::vector<PortMistake> check_together(std::span<const PortRequest> sources) const override {
    if (sources.size() < 2 || sources[1].options.find("topics") == sources[1].options.end())
      return {};
    const auto& first = std::get<std::vector<std::string>>(sources[0].options.at("topics"));
    const auto& second = std::get<std::vector<std::string>>(sources[1].options.at("topics"));
    if (first.front() != second.front()) return {};
    return {{1, {"topics", "what " + sources[0].port + " reads", "other topics"}}};
  }

  std::vector<OptionMistake> check_sink(const PortRequest& request) const override {
    const auto topic = request.options.find("topic");
    if (topic == request.options.end()) return {};
    const std::string& name = std::get<std::string>(topic->second);
    if (name.find(' ') == std::string::npos) return {};
    return {{"topic", '"' + name + '"', "the name of a topic, without spaces"}};
  }

  Delivery delivery_of(const PortRequest& request) const override {
    return request.options.contains("delivery") ? Delivery::Transactional : Delivery::AtLeastOnce;
  }
  std::vector<std::pair<std::size_t, OptionMistake>> check_transaction(
      std::span<const PortRequest> sinks) const override {
    std::vector<std::pair<std::size_t, OptionMistake>> mistakes;
    for (std::size_t i = 1; i < sinks.size(); ++i) {
      const auto& cluster = std::get<std::string>(sinks[i].options.at("cluster"));
      if (sinks[i].options.at("cluster") == sinks[0].options.at("cluster")) continue;
      mistakes.push_back({i, {"cluster", '"' + cluster + '"', "the one of " + sinks[0].port}});
    }
    return mistakes;
  }

  std::optional<std::string> check_epoch(std::span<const PortRequest>,
                                         std::chrono::milliseconds epoch) const override {
    if (epoch <= std::chrono::seconds(30)) return std::nullopt;
    return "at most 30s";
  }

  Result<std::unique_ptr<Source>> open_source(const PortRequest&) const override {
    return Error(ErrorKind::Unavailable, "known by name only");
  }
  Result<std::unique_ptr<Sink>> open_sink(const PortRequest&) const override {
    return Error(ErrorKind::Unavailable, "known by name only");
  }

 private:
  std::string name_;
  std::vector<OptionSpec> in_;
  std::vector<OptionSpec> out_;
};

}  // namespace

PluginDescription classroom_plugin() {
  PluginDescription plugin;
  plugin.name = "classroom";
  plugin.version = "1.4.0";
  plugin.abi_major = 1;
  plugin.jobs = {enter_job(), courseware_job()};
  ConnectorDescription schedule;
  schedule.name = "lesson-schedule";
  schedule.parameters = {{"every", FieldType::Duration, "", std::int64_t{1'000}},
                         {"seed", FieldType::I64, "", std::int64_t{1}}};
  plugin.source_connectors = {schedule};
  return plugin;
}

PluginDescription video_plugin() {
  const auto watch =
      record("Watch", {field("tm", FieldType::Time), field("video", FieldType::Text)});
  PluginDescription plugin;
  plugin.name = "video";
  plugin.version = "0.3.1";
  plugin.abi_major = 1;
  JobDescription job;
  job.name = "consumption";
  job.pools = {"videos"};
  job.operators = {operation("watched", OperatorKind::Source, {}, watch),
                   operation("top", OperatorKind::Sink, {0}, nullptr)};
  plugin.jobs = {job};
  return plugin;
}

std::vector<std::unique_ptr<Connector>> known_connectors() {
  const OptionSpec cluster{"cluster", OptionType::Text, true, "the NAME of a [kafka.NAME]", {}};
  std::vector<std::unique_ptr<Connector>> connectors;
  connectors.push_back(std::make_unique<KnownConnector>(
      "kafka",
      std::vector<OptionSpec>{cluster,
                              {"topics", OptionType::TextList, true, "a list of topics", {}},
                              {"start", OptionType::Text, false, "where to begin", {}},
                              {"poll_every", OptionType::Duration, false, "", {}},
                              {"fetch_bytes", OptionType::Size, false, "", {}}},
      std::vector<OptionSpec>{
          cluster,
          {"topic", OptionType::Text, true, "the topic", {}},
          {"delivery", OptionType::Text, false, "", {"exactly-once"}},
          {"compression", OptionType::Text, false, "", {"none", "lz4", "zstd"}}}));
  connectors.push_back(std::make_unique<KnownConnector>(
      "file",
      std::vector<OptionSpec>{{"path", OptionType::Path, true, "the file to read", {}},
                              {"rate", OptionType::Number, false, "records a second", {}},
                              {"follow", OptionType::Boolean, false, "", {}},
                              {"skip", OptionType::Integer, false, "", {}}},
      std::vector<OptionSpec>{{"path", OptionType::Path, true, "the file to write", {}}}));
  connectors.push_back(std::make_unique<KnownConnector>(
      "blackhole", std::vector<OptionSpec>{}, std::vector<OptionSpec>{}));
  return connectors;
}

}  // namespace weir
