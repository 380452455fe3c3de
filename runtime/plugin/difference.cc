#include "plugin/difference.h"

#include <algorithm>

#include "base/format.h"

namespace weir {
namespace {

// One thing a plugin says: where, and what.
struct Fact {
  std::string place;
  std::string value;
  bool operator==(const Fact&) const = default;
};

std::string text_of(const ParameterValue& value) {
  return std::visit(
      [](const auto& each) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, std::string>)
          return each;
        else
          return format("{}", each);
      },
      value);
}

// A description taken apart, in order.
class Facts final {
 public:
  explicit Facts(const PluginDescription& plugin) {
    add("name", plugin.name);
    add("version", plugin.version);
    add("doc", plugin.doc);
    add("abi", format("{}.{}", plugin.abi_major, plugin.abi_minor));
    for (const JobDescription& job : plugin.jobs)
      add_job(job);
    for (const ConnectorDescription& connector : plugin.source_connectors) {
      add_connector("source connector", connector);
    }
    for (const ConnectorDescription& connector : plugin.sink_connectors) {
      add_connector("sink connector", connector);
    }
  }

  const std::vector<Fact>& list() const { return facts_; }

 private:
  void add(std::string place, std::string value) {
    facts_.push_back({std::move(place), std::move(value)});
  }

  void add_parameters(const std::string& place, const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      const std::string its_place = format("{}: parameter {}", place, parameter.name);
      add(its_place + ": type", std::string(name_of(parameter.type)));
      add(its_place + ": default", text_of(parameter.default_value));
      add(its_place + ": doc", parameter.doc);
    }
  }

  void add_connector(std::string_view kind, const ConnectorDescription& connector) {
    const std::string place = format("{} {}", kind, connector.name);
    add(place + ": doc", connector.doc);
    add(place + ": own threads", connector.has_own_threads ? "yes" : "no");
    add(place + ": delivery", format("{}", connector.delivery));
    add_parameters(place, connector.parameters);
  }

  void add_job(const JobDescription& job) {
    const std::string place = format("job {}", job.name);
    add(place + ": doc", job.doc);
    add_parameters(place, job.parameters);
    for (const std::string& pool : job.pools)
      add(place + ": pool", pool);
    for (const OperatorDescription& each : job.operators) {
      add_operator(format("{}: operator {}", place, each.uid), each);
    }
  }

  void add_operator(const std::string& place, const OperatorDescription& each) {
    add(place + ": kind", std::string(name_of(each.kind)));
    add(place + ": doc", each.doc);
    for (const std::size_t input : each.inputs)
      add(place + ": input", format("{}", input));
    if (each.output != nullptr) add_record(place, *each.output);
    if (each.key) {
      for (const KeyField& field : each.key->fields) {
        add(format("{}: key field {}", place, field.name), std::string(name_of(field.type)));
      }
    }
    if (each.state) {
      add(place + ": state version", format("{}", each.state->version));
      std::string initial;
      for (const std::byte byte : each.state->initial) {
        initial += format("{:02x}", static_cast<unsigned>(byte));
      }
      add(place + ": initial state", initial);
      add_record(place + ": state", each.state->record);
      for (const StateMigration& migration : each.state->migrations) {
        const std::string its_place = place + ": migration";
        add(its_place, format("from version {}", migration.version));
        add_record(its_place, migration.record);
      }
    }
    if (each.window) {
      add(place + ": window",
          format("size {}, slide {}, offset {}, allowed lateness {}",
                 each.window->size,
                 each.window->slide,
                 each.window->offset,
                 each.window->allowed_lateness));
    }
    if (each.event_time) {
      add(place + ": event time",
          format("byte {}, out of order by {}",
                 each.event_time->field_offset,
                 each.event_time->out_of_order));
    }
  }

  void add_record(const std::string& place, const RecordSchema& record) {
    const std::string its_place = format("{}: record {}", place, record.name);
    add(its_place,
        format("size {}, alignment {}, doc {}", record.size, record.alignment, record.doc));
    for (const Field& field : record.fields) {
      const std::string of_field = format("{}: field {}", its_place, field.name);
      add(of_field,
          format("{}, offset {}, size {}, presence {}, unit {}, doc {}",
                 name_of(field.type),
                 field.offset,
                 field.size,
                 field.presence_offset ? format("{}", *field.presence_offset) : "none",
                 field.unit,
                 field.doc));
      for (const Enumerator& enumerator : field.enumerators) {
        add(of_field + ": enumerator", format("{} = {}", enumerator.name, enumerator.value));
      }
      if (field.record != nullptr) add_record(of_field, *field.record);
    }
  }

  std::vector<Fact> facts_;
};

}  // namespace

std::optional<std::string> first_difference(const PluginDescription& manifest,
                                            const PluginDescription& library) {
  const Facts left(manifest);
  const Facts right(library);
  const auto [one, other] = std::ranges::mismatch(left.list(), right.list());
  if (one == left.list().end() && other == right.list().end()) return std::nullopt;
  if (one == left.list().end()) return format("{} is not in the manifest", other->place);
  if (other == right.list().end()) return format("{} is not in the library", one->place);
  if (one->place != other->place) {
    return format("the manifest has {}, the library {}", one->place, other->place);
  }
  return format(
      "{} is {} in the manifest, {} in the library", one->place, one->value, other->value);
}

}  // namespace weir
