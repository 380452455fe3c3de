// The shape of the JSON is told in sdk/manifest/render.cc, which writes it.

#include "plugin/manifest.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <weir/abi.h>

#include "base/format.h"
#include "plugin/elf.h"
#include "plugin/limits.h"
#include "plugin/manifest_json.h"
#include "plugin/rules.h"

namespace weir {
namespace {

constexpr std::array<std::string_view, 19> kTypes = {"",
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

class ManifestReader final {
 public:
  Result<PluginDescription> read(const ManifestValue& root) {
    PluginDescription plugin;
    TRY(const auto abi, root.member("abi"));
    TRY(const auto versions, abi.pair());
    TRY(plugin.abi_major, versions.first.integer<std::uint32_t>());
    TRY(plugin.abi_minor, versions.second.integer<std::uint32_t>());
    TRY_DO(check_abi(plugin.abi_major, plugin.abi_minor));
    TRY(plugin.name, text(root, "name"));
    TRY(plugin.version, text(root, "version"));
    TRY(plugin.doc, text(root, "doc", limits::kDocBytesMax));
    TRY(const auto records, list(root, "records", limits::kOperatorsMax * 4));
    for (const ManifestValue& each : records) {
      TRY(auto record, read_record(each));
      records_.push_back(std::make_shared<const RecordSchema>(std::move(record)));
    }
    TRY(const auto jobs, list(root, "jobs", limits::kJobsMax));
    for (const ManifestValue& each : jobs) {
      TRY(plugin.jobs.emplace_back(), read_job(each));
    }
    TRY(const auto sources, list(root, "source_connectors", limits::kConnectorsMax));
    for (const ManifestValue& each : sources) {
      TRY(plugin.source_connectors.emplace_back(), read_connector(each));
    }
    TRY(const auto sinks, list(root, "sink_connectors", limits::kConnectorsMax));
    for (const ManifestValue& each : sinks) {
      TRY(auto& connector = plugin.sink_connectors.emplace_back(), read_connector(each));
      TRY(connector.delivery, integer<std::uint32_t>(each, "delivery"));
    }
    return plugin;
  }

 private:
  static Result<std::string> text(const ManifestValue& value,
                                  std::string_view name,
                                  std::size_t bytes_max = limits::kNameBytesMax) {
    TRY(const auto member, value.member(name));
    return member.text(bytes_max);
  }

  template <class T>
  static Result<T> integer(const ManifestValue& value, std::string_view name) {
    TRY(const auto member, value.member(name));
    return member.integer<T>();
  }

  static Result<std::vector<ManifestValue>> list(const ManifestValue& value,
                                                 std::string_view name,
                                                 std::size_t count_max) {
    TRY(const auto member, value.member(name));
    return member.list(count_max);
  }

  static Result<FieldType> type(const ManifestValue& value) {
    TRY(const std::string name, value.text());
    const auto found = std::ranges::find(kTypes, name);
    if (name.empty() || found == kTypes.end()) return value.wrong("is not a type");
    return static_cast<FieldType>(found - kTypes.begin());
  }

  Result<std::shared_ptr<const RecordSchema>> record(const ManifestValue& value,
                                                     std::string_view name) const {
    TRY(const auto member, value.member(name));
    if (member.is_null()) return std::shared_ptr<const RecordSchema>();
    TRY(const auto index, member.integer<std::size_t>());
    if (index >= records_.size()) return member.wrong("is not a record that stands before");
    return records_[index];
  }

  Result<RecordSchema> read_record(const ManifestValue& value) const {
    RecordSchema record{};
    TRY(record.name, text(value, "name"));
    TRY(record.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(record.size, integer<std::uint32_t>(value, "size"));
    TRY(record.alignment, integer<std::uint32_t>(value, "alignment"));
    TRY(const auto fields, list(value, "fields", limits::kFieldsMax));
    for (const ManifestValue& each : fields) {
      TRY(record.fields.emplace_back(), read_field(each));
    }
    return record;
  }

  Result<Field> read_field(const ManifestValue& value) const {
    Field field{};
    TRY(field.name, text(value, "name"));
    TRY(const auto its_type, value.member("type"));
    TRY(field.type, type(its_type));
    TRY(field.offset, integer<std::uint32_t>(value, "offset"));
    TRY(field.size, integer<std::uint32_t>(value, "size"));
    TRY(const auto presence, value.member("presence"));
    if (!presence.is_null()) {
      TRY(field.presence_offset, presence.integer<std::uint32_t>());
    }
    TRY(field.unit, text(value, "unit"));
    TRY(field.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(const auto enumerators, list(value, "enumerators", limits::kEnumeratorsMax));
    for (const ManifestValue& each : enumerators) {
      TRY(const auto pair, each.pair());
      TRY(auto name, pair.first.text());
      TRY(const auto number, pair.second.integer<std::int32_t>());
      field.enumerators.push_back({std::move(name), number});
    }
    TRY(field.record, record(value, "record"));
    return field;
  }

  static Result<Parameter> read_parameter(const ManifestValue& value) {
    Parameter parameter{};
    TRY(parameter.name, text(value, "name"));
    TRY(const auto its_type, value.member("type"));
    TRY(parameter.type, type(its_type));
    TRY(parameter.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(const auto its_default, value.member("default"));
    switch (parameter.type) {
      case FieldType::Bool: {
        TRY(parameter.default_value, its_default.truth());
        break;
      }
      case FieldType::I64:
      case FieldType::Duration: {
        TRY(parameter.default_value, its_default.integer<std::int64_t>());
        break;
      }
      case FieldType::F64: {
        TRY(parameter.default_value, its_default.number());
        break;
      }
      case FieldType::Text: {
        TRY(parameter.default_value, its_default.text(limits::kDocBytesMax));
        break;
      }
      default: return its_type.wrong("is not a type a parameter can have");
    }
    return parameter;
  }

  static Result<std::vector<Parameter>> read_parameters(const ManifestValue& value) {
    std::vector<Parameter> parameters;
    TRY(const auto values, list(value, "parameters", limits::kParametersMax));
    for (const ManifestValue& each : values) {
      TRY(parameters.emplace_back(), read_parameter(each));
    }
    return parameters;
  }

  static Result<ConnectorDescription> read_connector(const ManifestValue& value) {
    ConnectorDescription connector;
    TRY(connector.name, text(value, "name"));
    TRY(connector.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(connector.parameters, read_parameters(value));
    TRY(const auto own_threads, value.member("own_threads"));
    TRY(connector.has_own_threads, own_threads.truth());
    return connector;
  }

  Result<JobDescription> read_job(const ManifestValue& value) const {
    JobDescription job;
    TRY(job.name, text(value, "name"));
    TRY(job.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(job.parameters, read_parameters(value));
    TRY(const auto operators, list(value, "operators", limits::kOperatorsMax));
    for (const ManifestValue& each : operators) {
      TRY(job.operators.emplace_back(), read_operator(each));
    }
    TRY(const auto pools, list(value, "pools", limits::kPoolsMax));
    for (const ManifestValue& each : pools) {
      TRY(job.pools.emplace_back(), each.text());
    }
    return job;
  }

  static Result<OperatorKind> kind(const ManifestValue& value) {
    TRY(const std::string name, value.text());
    for (auto kind = OperatorKind::Source; kind <= OperatorKind::Sink;
         kind = static_cast<OperatorKind>(static_cast<std::uint32_t>(kind) + 1)) {
      if (name_of(kind) == name) return kind;
    }
    return value.wrong("is not a kind of operator");
  }

  Result<OperatorDescription> read_operator(const ManifestValue& value) const {
    OperatorDescription each{};
    TRY(each.uid, text(value, "uid"));
    TRY(const auto its_kind, value.member("kind"));
    TRY(each.kind, kind(its_kind));
    TRY(each.doc, text(value, "doc", limits::kDocBytesMax));
    TRY(const auto inputs, list(value, "inputs", limits::kInputsMax));
    for (const ManifestValue& input : inputs) {
      TRY(each.inputs.emplace_back(), input.integer<std::size_t>());
    }
    TRY(each.output, record(value, "output"));
    TRY(const auto key, value.member("key"));
    if (!key.is_null()) {
      TRY(each.key, read_key(key));
    }
    TRY(const auto state, value.member("state"));
    if (!state.is_null()) {
      TRY(each.state, read_state(state));
    }
    TRY(const auto window, value.member("window"));
    if (!window.is_null()) {
      TRY(each.window, read_window(window));
    }
    TRY(const auto event_time, value.member("event_time"));
    if (!event_time.is_null()) {
      EventTimeSpec spec;
      TRY(spec.field_offset, integer<std::uint32_t>(event_time, "field_offset"));
      TRY(spec.out_of_order, integer<std::int64_t>(event_time, "out_of_order"));
      each.event_time = spec;
    }
    return each;
  }

  static Result<KeySchema> read_key(const ManifestValue& value) {
    KeySchema key;
    TRY(const auto fields, value.list(limits::kKeyFieldsMax));
    for (const ManifestValue& each : fields) {
      TRY(const auto pair, each.pair());
      TRY(auto name, pair.first.text());
      TRY(const auto its_type, type(pair.second));
      key.fields.push_back({std::move(name), its_type});
    }
    return key;
  }

  Result<StateSchema> read_state(const ManifestValue& value) const {
    StateSchema state{};
    TRY(state.version, integer<std::uint32_t>(value, "version"));
    TRY(const auto its_record, record(value, "record"));
    if (its_record == nullptr) return value.wrong("has no record");
    state.record = *its_record;
    TRY(const auto initial, value.member("initial"));
    TRY(const auto hex, initial.text(2 * limits::kRecordBytesMax));
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (hex.size() % 2 != 0 || hex.find_first_not_of(kDigits) != hex.npos) {
      return initial.wrong("is not hexadecimal");
    }
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      state.initial.push_back(
          static_cast<std::byte>(kDigits.find(hex[i]) * 16 + kDigits.find(hex[i + 1])));
    }
    if (value.has("migrations")) {
      TRY(const auto migrations, list(value, "migrations", limits::kMigrationsMax));
      for (const ManifestValue& each : migrations) {
        TRY(state.migrations.emplace_back(), read_migration(each));
      }
    }
    return state;
  }

  Result<StateMigration> read_migration(const ManifestValue& value) const {
    StateMigration migration;
    TRY(migration.version, integer<std::uint32_t>(value, "version"));
    TRY(const auto its_record, record(value, "record"));
    if (its_record == nullptr) return value.wrong("has no record");
    migration.record = *its_record;
    return migration;
  }

  static Result<WindowSpec> read_window(const ManifestValue& value) {
    WindowSpec window;
    TRY(const auto its_kind, value.member("kind"));
    TRY(const auto kind, its_kind.text());
    if (kind != "tumbling" && kind != "sliding") return its_kind.wrong("is not a kind of window");
    TRY(window.size, integer<std::int64_t>(value, "size"));
    TRY(window.slide, integer<std::int64_t>(value, "slide"));
    TRY(window.offset, integer<std::int64_t>(value, "offset"));
    TRY(window.allowed_lateness, integer<std::int64_t>(value, "allowed_lateness"));
    return window;
  }

  std::vector<std::shared_ptr<const RecordSchema>> records_;
};

}  // namespace

Result<std::string> read_plugin_file(const std::filesystem::path& path) {
  std::error_code trouble;
  const auto size = std::filesystem::file_size(path, trouble);
  if (trouble) return Error(ErrorKind::NotFound, trouble.message());
  if (size > limits::kPluginFileBytesMax) {
    return Error(ErrorKind::Invalid,
                 format("has {} bytes, at most {} are allowed", size, limits::kPluginFileBytesMax));
  }
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!file) return Error(ErrorKind::Unavailable, "cannot be read");
  return bytes;
}

Result<PluginDescription> parse_manifest(std::string_view json) {
  simdjson::dom::parser parser(limits::kManifestBytesMax);
  simdjson::dom::element root;
  const auto trouble = parser.parse(json.data(), json.size()).get(root);
  if (trouble != simdjson::SUCCESS) {
    return Error(ErrorKind::Corrupt,
                 format("manifest: not JSON: {}", simdjson::error_message(trouble)));
  }
  return ManifestReader().read(ManifestValue(root, {}));
}

Result<PluginDescription> read_manifest_in(std::string_view file) {
  auto section = find_elf_section(file, WEIR_MANIFEST_SECTION);
  if (!section && section.error().kind() == ErrorKind::NotFound) {
    return Error(ErrorKind::NotFound,
                 "has no manifest: build it with weir_plugin() of the SDK's CMake package");
  }
  TRY(std::string_view manifest, std::move(section));
  constexpr std::string_view kMagic = WEIR_MANIFEST_MAGIC;
  if (!manifest.starts_with(kMagic)) {
    return Error(ErrorKind::Corrupt, format("manifest: does not begin with {}", kMagic));
  }
  manifest.remove_prefix(kMagic.size());
  if (manifest.size() > limits::kManifestBytesMax) {
    return Error(ErrorKind::Invalid,
                 format("manifest: has {} bytes, at most {} are allowed",
                        manifest.size(),
                        limits::kManifestBytesMax));
  }
  TRY(auto plugin, parse_manifest(manifest));
  TRY_DO(check_description(plugin));
  return plugin;
}

}  // namespace weir
