// The manifest, with every member always present:
//
//   {"abi": [major, minor], "name": "", "version": "", "doc": "",
//    "records": [{"name", "doc", "size", "alignment", "fields": [
//        {"name", "type": "i32", "offset", "size", "presence": null | offset, "unit", "doc",
//         "enumerators": [["Name", value]], "record": null | index}]}],
//    "jobs": [{"name", "doc", "parameters": [{"name", "type", "doc", "default"}],
//        "operators": [{"uid", "kind": "filter", "doc", "inputs": [index], "output": null | index,
//            "key": null | [["name", "type"]],
//            "state": null | {"version", "record": index, "initial": "hex",
//                "migrations": [{"version", "record": index}]},
//            "window": null | {"kind", "size", "slide", "offset", "allowed_lateness"},
//            "event_time": null | {"field_offset", "out_of_order"}}],
//        "pools": [""]}],
//    "source_connectors": [{"name", "doc", "parameters", "own_threads"}],
//    "sink_connectors": [{"name", "doc", "parameters", "own_threads", "delivery"}]}
//
// A record stands behind those it contains. Readers ignore members they do not know; `migrations`
// is missing where the SDK had none.

#include "render.h"

#include <cstring>
#include <map>
#include <vector>

#include "json.h"

namespace weir::manifest {
namespace {

constexpr std::string_view kTypes[] = {"",
                                       "bool",
                                       "i8",
                                       "i16",
                                       "i32",
                                       "i64",
                                       "u8",
                                       "u16",
                                       "u32",
                                       "u64",
                                       "f32",
                                       "f64",
                                       "time",
                                       "text",
                                       "bytes",
                                       "enum",
                                       "inline_text",
                                       "record",
                                       "duration"};
constexpr std::string_view kKinds[] = {"",
                                       "source",
                                       "filter",
                                       "map",
                                       "union",
                                       "key_by",
                                       "window_aggregate",
                                       "window_rows",
                                       "cogroup",
                                       "sink"};
constexpr std::string_view kWindows[] = {"", "tumbling", "sliding"};

template <std::size_t Count>
std::string_view name_in(const std::string_view (&names)[Count], std::uint32_t index) {
  return index < Count ? names[index] : "unknown";
}

// The headers of the library may be older than those of this tool.
std::uint32_t migration_count(const weir_state& state) {
  const bool has_migrations = state.struct_size >= sizeof(weir_state);
  return has_migrations ? state.migration_count : 0;
}

class Renderer final {
 public:
  std::string render(const weir_plugin& plugin) {
    json_.open('{');
    json_.key("abi").open('[');
    json_.value(plugin.abi_major);
    json_.value(plugin.abi_minor);
    json_.close(']');
    text("name", plugin.name);
    text("version", plugin.version);
    text("doc", plugin.doc);
    render_records(plugin);
    list("jobs", plugin.jobs, plugin.job_count, [&](const weir_job& job) { render(job); });
    list("source_connectors",
         plugin.source_connectors,
         plugin.source_connector_count,
         [&](const weir_source_connector& connector) {
           json_.open('{');
           render_connector(connector);
           json_.close('}');
         });
    list("sink_connectors",
         plugin.sink_connectors,
         plugin.sink_connector_count,
         [&](const weir_sink_connector& connector) {
           json_.open('{');
           render_connector(connector);
           json_.key("delivery").value(connector.delivery);
           json_.close('}');
         });
    json_.close('}');
    return std::move(json_).take();
  }

 private:
  void text(std::string_view name, weir_text value) { json_.key(name).value(value); }

  void number(std::string_view name, std::integral auto value) { json_.key(name).value(value); }

  void null(std::string_view name) { json_.key(name).null(); }

  template <class Element, class Render>
  void list(std::string_view name,
            const Element* const* elements,
            std::uint32_t count,
            Render&& each) {
    json_.key(name).open('[');
    for (std::uint32_t i = 0; i < count; ++i)
      each(*elements[i]);
    json_.close(']');
  }

  // Files a record and those inside it; the ones inside get the lower numbers.
  void collect(const weir_record* record) {
    if (record == nullptr || indexes_.count(record) > 0) return;
    for (std::uint32_t i = 0; i < record->field_count; ++i)
      collect(record->fields[i]->record);
    indexes_.emplace(record, records_.size());
    records_.push_back(record);
  }

  void render_records(const weir_plugin& plugin) {
    for (std::uint32_t i = 0; i < plugin.job_count; ++i) {
      const weir_job& job = *plugin.jobs[i];
      for (std::uint32_t k = 0; k < job.operator_count; ++k) {
        collect(job.operators[k]->output);
        if (const weir_state* state = job.operators[k]->state; state != nullptr) {
          collect(state->record);
          for (std::uint32_t m = 0; m < migration_count(*state); ++m)
            collect(state->migrations[m]->record);
        }
      }
    }
    list("records",
         records_.data(),
         static_cast<std::uint32_t>(records_.size()),
         [&](const weir_record& record) { render(record); });
  }

  void reference(std::string_view name, const weir_record* record) {
    if (record == nullptr) return null(name);
    number(name, indexes_.at(record));
  }

  void render(const weir_record& record) {
    json_.open('{');
    text("name", record.name);
    text("doc", record.doc);
    number("size", record.size);
    number("alignment", record.alignment);
    list("fields", record.fields, record.field_count, [&](const weir_field& field) {
      render(field);
    });
    json_.close('}');
  }

  void render(const weir_field& field) {
    json_.open('{');
    text("name", field.name);
    json_.key("type").value(name_in(kTypes, field.type));
    number("offset", field.offset);
    number("size", field.size);
    if ((field.flags & WEIR_FIELD_OPTIONAL) != 0)
      number("presence", field.presence_offset);
    else
      null("presence");
    text("unit", field.unit);
    text("doc", field.doc);
    json_.key("enumerators").open('[');
    for (std::uint32_t i = 0; field.enumeration != nullptr && i < field.enumeration->value_count;
         ++i) {
      json_.open('[');
      json_.value(field.enumeration->names[i]);
      json_.value(field.enumeration->values[i]);
      json_.close(']');
    }
    json_.close(']');
    reference("record", field.record);
    json_.close('}');
  }

  void render(const weir_parameter& parameter) {
    const weir_value& value = parameter.default_value;
    json_.open('{');
    text("name", parameter.name);
    json_.key("type").value(name_in(kTypes, value.type));
    text("doc", parameter.doc);
    json_.key("default");
    if (value.type == WEIR_BOOL)
      json_.value(value.integer != 0);
    else if (value.type == WEIR_F64)
      json_.value(value.number);
    else if (value.type == WEIR_TEXT)
      json_.value(value.text);
    else
      json_.value(value.integer);
    json_.close('}');
  }

  void render(const weir_job& job) {
    json_.open('{');
    text("name", job.name);
    text("doc", job.doc);
    list("parameters", job.parameters, job.parameter_count, [&](const weir_parameter& parameter) {
      render(parameter);
    });
    list("operators", job.operators, job.operator_count, [&](const weir_operator& each) {
      render(each);
    });
    json_.key("pools").open('[');
    for (std::uint32_t i = 0; i < job.pool_count; ++i)
      json_.value(job.pools[i]);
    json_.close(']');
    json_.close('}');
  }

  void render(const weir_operator& each) {
    json_.open('{');
    text("uid", each.uid);
    json_.key("kind").value(name_in(kKinds, each.kind));
    text("doc", each.doc);
    json_.key("inputs").open('[');
    for (std::uint32_t i = 0; i < each.input_count; ++i)
      json_.value(each.inputs[i]);
    json_.close(']');
    reference("output", each.output);
    render_key(each.key);
    render_state(each.state);
    render_window(each.window);
    if (each.event_time == nullptr) {
      null("event_time");
    } else {
      json_.key("event_time").open('{');
      number("field_offset", each.event_time->field_offset);
      number("out_of_order", each.event_time->out_of_order);
      json_.close('}');
    }
    json_.close('}');
  }

  void render_key(const weir_key* key) {
    if (key == nullptr) return null("key");
    json_.key("key").open('[');
    for (std::uint32_t i = 0; i < key->field_count; ++i) {
      json_.open('[');
      json_.value(key->names[i]);
      json_.value(name_in(kTypes, key->types[i]));
      json_.close(']');
    }
    json_.close(']');
  }

  void render_state(const weir_state* state) {
    if (state == nullptr) return null("state");
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    const auto* bytes = static_cast<const unsigned char*>(state->initial);
    for (std::uint32_t i = 0; i < state->record->size; ++i) {
      hex += kDigits[bytes[i] >> 4];
      hex += kDigits[bytes[i] & 15];
    }
    json_.key("state").open('{');
    number("version", state->version);
    reference("record", state->record);
    json_.key("initial").value(std::string_view(hex));
    list("migrations",
         migration_count(*state) == 0 ? nullptr : state->migrations,
         migration_count(*state),
         [&](const weir_migration& migration) {
           json_.open('{');
           number("version", migration.version);
           reference("record", migration.record);
           json_.close('}');
         });
    json_.close('}');
  }

  void render_window(const weir_window_spec* window) {
    if (window == nullptr) return null("window");
    json_.key("window").open('{');
    json_.key("kind").value(name_in(kWindows, window->kind));
    number("size", window->size);
    number("slide", window->slide);
    number("offset", window->offset);
    number("allowed_lateness", window->allowed_lateness);
    json_.close('}');
  }

  template <class Connector>
  void render_connector(const Connector& connector) {
    text("name", connector.name);
    text("doc", connector.doc);
    list("parameters",
         connector.parameters,
         connector.parameter_count,
         [&](const weir_parameter& parameter) { render(parameter); });
    json_.key("own_threads").value((connector.flags & WEIR_OWN_THREADS) != 0);
  }

  JsonWriter json_;
  std::vector<const weir_record*> records_;
  std::map<const weir_record*, std::size_t> indexes_;
};

}  // namespace

std::string render(const weir_plugin& plugin) {
  return Renderer().render(plugin);
}

}  // namespace weir::manifest
