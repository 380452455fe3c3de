// weir version: this program and the libraries inside it.
#include "host/version.h"

#include <ostream>
#include <simdjson.h>
#include <utility>
#include <xxhash.h>

#include <boost/json.hpp>
#include <boost/version.hpp>
#include <fmt/core.h>
#include <librdkafka/rdkafka.h>
#include <rocksdb/version.h>
#include <spdlog/version.h>
#include <toml++/toml.h>
#include <weir/abi.h>

#include "base/format.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

std::vector<std::pair<std::string, std::string>> versions() {
  return {
      {"weir", std::string(weir_version())},
      {"plugin ABI", format("{}.{}", WEIR_ABI_MAJOR, WEIR_ABI_MINOR)},
      {"librdkafka", rd_kafka_version_str()},
      {"RocksDB", format("{}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH)},
      {"Boost",
       format(
           "{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100)},
      {"simdjson", SIMDJSON_STRINGIFY(SIMDJSON_VERSION)},
      {"toml++", format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
      {"spdlog", format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
      {"fmt", format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"xxHash", format("{}.{}.{}", XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE)},
      {"compiler", __VERSION__}};
}

ExitCode run(const Arguments& arguments, Console& console) {
  if (arguments.has("json")) {
    boost::json::object document;
    for (const auto& [name, version] : versions())
      document[name] = version;
    console.out << boost::json::serialize(document) << '\n';
    return ExitCode::Success;
  }
  TextTable table({Align::Left, Align::Left});
  for (const auto& [name, version] : versions())
    table.add({name, version});
  console.out << table.text();
  return ExitCode::Success;
}

}  // namespace

Subcommand version_subcommand() {
  return {"version",
          "[--json]",
          "show the versions of weir and of the libraries inside it",
          "Example:\n  weir version --json | jq -r .librdkafka\n",
          {{json_option()}, 0, 0},
          run};
}

}  // namespace weir
