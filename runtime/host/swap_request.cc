#include "host/swap_request.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "base/list_folder.h"
#include "config/quantity.h"
#include "plugin/plugin.h"

namespace weir {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

Error invalid(std::string message) {
  return Error(ErrorKind::Invalid, std::move(message));
}

Result<json::object> object_of(std::string_view body) {
  if (body.empty()) return json::object();
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(body.data(), body.size()), failed);
  if (failed || !parsed.is_object()) return invalid("the body is no JSON object");
  for (const auto& [key, value] : parsed.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (name != "plugin_path" && name != "version" && name != "parameters" && name != "probation") {
      return invalid(format(
          "the body has {}; plugin_path, version, parameters and probation are known", name));
    }
  }
  return parsed.get_object();
}

Result<std::optional<std::string>> text_of(const json::object& from, std::string_view key) {
  const json::value* value = from.if_contains({key.data(), key.size()});
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return invalid(format("{} is no text", key));
  return std::string(value->get_string());
}

bool is_version(const fs::path& file, const std::string& plugin, const std::string& version) {
  const auto manifest = read_manifest(file);
  return manifest && manifest->name == plugin && manifest->version == version;
}

Result<fs::path> find_version(const std::vector<fs::path>& folders,
                              const std::string& plugin,
                              const std::string& version) {
  for (const fs::path& folder : folders) {
    const auto files = list_folder(folder);
    if (!files) continue;
    for (const fs::path& file : *files) {
      if (file.extension() == ".so" && is_version(file, plugin, version)) return file;
    }
  }
  return Error(ErrorKind::NotFound,
               format("no file in a folder of host.plugin_path is {} {}", plugin, version));
}

std::optional<ParameterValue> value_of(const json::value& from, FieldType type) {
  switch (type) {
    case FieldType::Bool:
      if (from.is_bool()) return from.get_bool();
      break;
    case FieldType::I64:
      if (from.is_int64()) return from.get_int64();
      break;
    case FieldType::F64:
      if (from.is_number()) return from.to_number<double>();
      break;
    case FieldType::Duration:
      if (from.is_int64()) return from.get_int64();
      if (from.is_string()) {
        const auto duration = parse_duration(std::string(from.get_string()));
        if (duration) return std::int64_t{duration->count()};
      }
      break;
    default:
      if (from.is_string()) return std::string(from.get_string());
  }
  return std::nullopt;
}

Result<JobDescription> description_of(const JobSpec& spec) {
  TRY(const auto manifest, read_manifest(spec.plugin_path));
  const JobDescription* job = manifest.find_job(spec.type);
  if (job != nullptr) return *job;
  return invalid(format("{} has no job {}", spec.plugin_path.string(), spec.type));
}

// Those that the job runs by, as far as the new code asks for them; else its defaults.
std::vector<ParameterValue> kept_values(const JobSpec& running,
                                        const JobDescription& old,
                                        const JobDescription& now) {
  std::vector<ParameterValue> values;
  for (const Parameter& wanted : now.parameters) {
    const auto known = std::ranges::find(old.parameters, wanted.name, &Parameter::name);
    const auto index = static_cast<std::size_t>(known - old.parameters.begin());
    const bool is_kept = known != old.parameters.end() && known->type == wanted.type &&
                         index < running.parameters.size();
    values.push_back(is_kept ? running.parameters[index] : wanted.default_value);
  }
  return values;
}

Status set_values(const json::value& given,
                  const JobDescription& job,
                  std::vector<ParameterValue>& values) {
  if (!given.is_object()) return invalid("parameters is no object");
  for (const auto& [key, value] : given.get_object()) {
    const std::string name(key);
    const auto known = std::ranges::find(job.parameters, name, &Parameter::name);
    if (known == job.parameters.end()) {
      return invalid(format("job {} has no parameter {}", job.name, name));
    }
    auto read = value_of(value, known->type);
    if (!read) return invalid(format("parameter {} is no {}", name, name_of(known->type)));
    values[static_cast<std::size_t>(known - job.parameters.begin())] = *std::move(read);
  }
  return Done{};
}

}  // namespace

Result<AskedSwap> swapped_spec(JobSpec running,
                               std::string_view body,
                               const std::vector<fs::path>& folders) {
  TRY(const auto asked, object_of(body));
  TRY(const auto path, text_of(asked, "plugin_path"));
  TRY(const auto version, text_of(asked, "version"));
  TRY(const auto probation, text_of(asked, "probation"));
  TRY(const auto old, description_of(running));
  AskedSwap made{.spec = running};
  if (probation) {
    const auto lasts = parse_duration(*probation);
    if (!lasts) return invalid("probation is no duration such as \"60s\": " + *probation);
    made.probation.lasts = *lasts;
  }
  JobSpec& wanted = made.spec;
  if (path) {
    wanted.plugin_path = *path;
    if (!wanted.plugin_path.is_absolute()) return invalid("plugin_path is not absolute: " + *path);
    if (version && !is_version(wanted.plugin_path, running.plugin, *version)) {
      return invalid(format("{} is not {} {}", *path, running.plugin, *version));
    }
  } else if (version) {
    TRY(wanted.plugin_path, find_version(folders, running.plugin, *version));
  }
  TRY(const auto now, description_of(wanted));
  wanted.parameters = kept_values(running, old, now);
  if (const json::value* given = asked.if_contains("parameters")) {
    TRY_DO(set_values(*given, now, wanted.parameters));
  }
  return made;
}

}  // namespace weir
