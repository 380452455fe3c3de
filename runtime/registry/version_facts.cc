#include "registry/version_facts.h"

#include <exception>

#include <boost/json.hpp>

#include "base/format.h"
#include "registry/sha256.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "weir-version";
constexpr std::int64_t kFormat = 1;

std::string text_of(const json::value& value) {
  const json::string& text = value.as_string();
  return {text.data(), text.size()};
}

// A name that cannot lead out of the version's folder.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find('/') == name.npos;
}

// Of a document that says that it is of this format.
StoredVersion read(const json::object& facts) {
  StoredVersion version;
  version.plugin = text_of(facts.at("plugin"));
  version.version = text_of(facts.at("version"));
  const json::array& abi = facts.at("abi").as_array();
  version.abi_major = static_cast<std::uint32_t>(abi.at(0).as_int64());
  version.abi_minor = static_cast<std::uint32_t>(abi.at(1).as_int64());
  version.added = WallTime(std::chrono::milliseconds(facts.at("added").as_int64()));
  for (const json::value& each : facts.at("files").as_array()) {
    version.files.push_back({text_of(each.at("name")),
                             static_cast<std::uint64_t>(each.at("size").as_int64()),
                             text_of(each.at("sha256")),
                             text_of(each.at("build_id"))});
  }
  return version;
}

}  // namespace

std::string encode_version_facts(const StoredVersion& version) {
  json::object facts;
  facts["magic"] = kMagic;
  facts["format"] = kFormat;
  facts["plugin"] = version.plugin;
  facts["version"] = version.version;
  facts["abi"] = json::array{version.abi_major, version.abi_minor};
  facts["added"] = static_cast<std::int64_t>(version.added.time_since_epoch().count());
  json::array& files = facts["files"].emplace_array();
  for (const StoredFile& file : version.files) {
    files.push_back(json::object{{"name", file.name},
                                 {"size", static_cast<std::int64_t>(file.size)},
                                 {"sha256", file.sha256},
                                 {"build_id", file.build_id}});
  }
  return json::serialize(facts) + '\n';
}

Result<StoredVersion> decode_version_facts(std::string_view text) {
  const Error corrupt(ErrorKind::Corrupt, "is not what was written");
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed || !parsed.is_object()) return corrupt;
  const json::object& facts = parsed.get_object();
  const json::value* magic = facts.if_contains("magic");
  const json::value* version = facts.if_contains("format");
  if (magic == nullptr || *magic != json::value(kMagic) || version == nullptr) return corrupt;
  if (*version != json::value(kFormat)) {
    return Error(
        ErrorKind::Incompatible,
        format("has format {}, this program knows {}", json::serialize(*version), kFormat));
  }
  StoredVersion stored;
  try {
    stored = read(facts);
  } catch (const std::exception&) {  // A member is missing or of another type.
    return corrupt;
  }
  if (stored.files.empty()) return corrupt;
  for (const StoredFile& file : stored.files) {
    if (!is_file_name(file.name) || !is_sha256(file.sha256)) return corrupt;
  }
  stored.hash = stored.files.front().sha256;
  return stored;
}

}  // namespace weir
