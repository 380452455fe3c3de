#include "version_text.h"

#include <array>
#include <string_view>

#include <boost/json.hpp>

#include "base/format.h"
#include "host/time_text.h"

namespace weir {

namespace json = boost::json;

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"bytes", "KiB", "MiB", "GiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit)
    amount /= 1024;
  return unit == 0 ? format("{} bytes", bytes) : format("{:.1f} {}", amount, kUnits.at(unit));
}

std::uint64_t size_of(const StoredVersion& version) {
  std::uint64_t bytes = 0;
  for (const StoredFile& file : version.files)
    bytes += file.size;
  return bytes;
}

std::string name_of(const StoredVersion& version) {
  return format("{} {}", version.plugin, version.version);
}

json::object version_json(const StoredVersion& version) {
  json::array files;
  for (const StoredFile& file : version.files) {
    files.push_back(json::object{{"name", file.name},
                                 {"size", file.size},
                                 {"sha256", file.sha256},
                                 {"build_id", file.build_id}});
  }
  return {{"plugin", version.plugin},
          {"version", version.version},
          {"hash", version.hash},
          {"abi", format("{}.{}", version.abi_major, version.abi_minor)},
          {"added", time_text(version.added)},
          {"library", version.library().string()},
          {"files", files}};
}

}  // namespace weir
