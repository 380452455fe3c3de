#include "checkpoint/savepoint_manifest.h"

#include <charconv>
#include <utility>
#include <xxhash.h>

#include <boost/json.hpp>

#include "base/format.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "weir-savepoint";
constexpr std::int64_t kFormat = 1;

std::string checksum_text(std::uint64_t checksum) {
  return format("{:016x}", checksum);
}

std::uint64_t checksum_in(const json::value& value) {
  const auto& text = value.as_string();
  std::uint64_t checksum = 0;
  std::from_chars(text.data(), text.data() + text.size(), checksum, 16);
  return checksum;
}

std::string checksum_of(const json::object& manifest) {
  const std::string text = json::serialize(manifest);
  return checksum_text(XXH3_64bits(text.data(), text.size()));
}

json::array positions_json(const std::vector<SourcePositions>& positions) {
  json::array sources;
  for (const SourcePositions& source : positions) {
    json::object splits;
    for (const SplitPosition& split : source.positions)
      splits[split.split] = split.position;
    sources.push_back(json::object{{"source", source.source}, {"splits", splits}});
  }
  return sources;
}

// Of a manifest whose checksum is right.
Savepoint read(const json::object& manifest) {
  Savepoint savepoint;
  savepoint.header = {std::string(manifest.at("job").as_string()),
                      static_cast<std::uint16_t>(manifest.at("key_groups").as_int64())};
  savepoint.head.epoch = static_cast<std::uint64_t>(manifest.at("epoch").as_int64());
  savepoint.made = WallTime(std::chrono::milliseconds(manifest.at("made").as_int64()));
  for (const json::value& each : manifest.at("positions").as_array()) {
    SourcePositions source{.source = std::string(each.at("source").as_string()), .positions = {}};
    for (const auto& split : each.at("splits").as_object())
      source.positions.push_back({std::string(split.key()), split.value().as_int64()});
    savepoint.head.positions.push_back(std::move(source));
  }
  for (const json::value& each : manifest.at("files").as_array()) {
    savepoint.files.push_back({std::string(each.at("name").as_string()),
                               static_cast<std::uint64_t>(each.at("size").as_int64()),
                               checksum_in(each.at("xxh3"))});
  }
  return savepoint;
}

}  // namespace

std::string encode_savepoint(const Savepoint& savepoint) {
  json::object manifest;
  manifest["magic"] = kMagic;
  manifest["format"] = kFormat;
  manifest["job"] = savepoint.header.job;
  manifest["key_groups"] = std::int64_t{savepoint.header.key_groups};
  manifest["epoch"] = static_cast<std::int64_t>(savepoint.head.epoch);
  manifest["made"] = static_cast<std::int64_t>(savepoint.made.time_since_epoch().count());
  manifest["positions"] = positions_json(savepoint.head.positions);
  json::array& files = manifest["files"].emplace_array();
  for (const SavedFile& file : savepoint.files) {
    files.push_back(json::object{{"name", file.name},
                                 {"size", static_cast<std::int64_t>(file.size)},
                                 {"xxh3", checksum_text(file.checksum)}});
  }
  manifest["checksum"] = checksum_of(manifest);
  return json::serialize(manifest) + '\n';
}

Result<Savepoint> decode_savepoint(std::string_view text) {
  const Error corrupt(ErrorKind::Corrupt, "the manifest is not what was written");
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  json::error_code failed;
  json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed || !parsed.is_object()) return corrupt;
  json::object& manifest = parsed.get_object();
  const json::value* stated = manifest.if_contains("checksum");
  if (stated == nullptr || !stated->is_string()) return corrupt;
  const std::string checksum(stated->get_string());
  manifest.erase("checksum");
  if (checksum_of(manifest) != checksum)
    return Error(ErrorKind::Corrupt, "checksum of the manifest");
  const json::value* magic = manifest.if_contains("magic");
  const json::value* version = manifest.if_contains("format");
  if (magic == nullptr || *magic != json::value(kMagic) || version == nullptr) return corrupt;
  if (*version != json::value(kFormat)) {
    return Error(
        ErrorKind::Incompatible,
        format(
            "savepoint has format {}, this program knows {}", json::serialize(*version), kFormat));
  }
  try {
    return read(manifest);
  } catch (const std::exception&) {  // A member is missing or of another type.
    return corrupt;
  }
}

}  // namespace weir
