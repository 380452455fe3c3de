// What jobs.toml asks for, checked: every name in it exists, every value has its type.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "plugin/description.h"

namespace weir {

struct SourceSpec {
  std::string uid;        // Source port of the job.
  std::string connector;  // "kafka", "file", "plugin:NAME", …
  std::filesystem::path
      connector_plugin;  // "plugin:NAME" only: the file of the plugin that has it.
  std::string format = "json";
  PortRequest request;
  std::chrono::milliseconds unnatural_after =
      std::chrono::minutes(5);  // Further in the future than this past arrival.
  std::chrono::milliseconds idle_after = std::chrono::seconds(
      10);  // A split that delivers nothing for so long holds nobody back; 0: never idle.
  std::optional<std::chrono::milliseconds> out_of_order;  // Instead of the plugin's.
  std::uint32_t watermark_every = 0;  // Records between two watermarks; 0: one for each batch.
  std::string key_field;  // Takes the message's key, not something of the value; empty: none does.
  std::map<std::string, std::string> header_fields;  // The header whose value a field takes.
};

struct SinkSpec {
  std::string uid;  // Sink port of the job.
  std::string connector;
  std::filesystem::path connector_plugin;
  std::string format = "json";
  PortRequest request;
  Delivery delivery = Delivery::AtLeastOnce;
  std::vector<std::string>
      key;  // Fields whose values, joined by '|', become the message's key; empty: no key.
  std::map<std::string, std::string> header_fields;  // The header that a field's value becomes.
};

// `[job.side.NAME]`, NAME one of filtered, unnatural, late, timing, errors.
struct SideSpec {
  std::string stream;
  std::string connector;
  std::filesystem::path connector_plugin;
  PortRequest request;
  Delivery delivery = Delivery::AtLeastOnce;
  std::chrono::milliseconds slower_than{
      0};  // timing only: set aside only records whose delay is larger.
  // errors only: a longer value is cut, which the record says. Base64 makes it a third longer, so
  // this much fits into what a Kafka broker takes by default: a bad record must not stop its job.
  std::size_t value_bytes_max = 700'000;
};

struct PoolSpec {
  std::string name;
  std::filesystem::path path;  // One id a line.
};

enum class OnError : std::uint8_t {
  DeadLetter,  // Bad records go to side stream errors (counted there even when it is not
               // connected).
  Skip,        // Counted, nothing more.
  Stop,        // The job fails with the first bad record.
};

struct JobSpec {
  std::string name;
  std::string plugin;                 // Name of the plugin …
  std::filesystem::path plugin_path;  // … and the file that was found for it.
  std::string type;                   // Job of the plugin.
  std::string version;                // Constraint as written, "^1.4"; empty: any.
  std::string job_class;
  std::chrono::milliseconds epoch = std::chrono::seconds(1);
  std::optional<std::int64_t> epoch_bytes = {};  // Read by the sources: the epoch ends earlier.
  OnError on_error = OnError::DeadLetter;
  bool may_start_empty = false;  // Without its state, although its sinks remember it.
  std::vector<ParameterValue>
      parameters;  // One for each parameter of the job's description, defaults filled in.
  std::vector<SourceSpec> sources;  // One for each source port.
  std::vector<SinkSpec> sinks;      // One for each sink port.
  std::vector<SideSpec> sides;
  std::vector<PoolSpec> pools;  // One for each pool of the description.
};

struct HostSpec {
  std::uint32_t workers = 2;
  std::filesystem::path state = "var/state";
  // A call of a plugin that takes longer is named, and one that takes longer than the limit ends
  // the process; 0: never.
  std::chrono::milliseconds call_warning = std::chrono::seconds(5);
  std::chrono::milliseconds call_limit = std::chrono::seconds(60);
  std::string http;                                // "127.0.0.1:8088"; empty: no HTTP.
  std::vector<std::filesystem::path> plugin_path;  // Folders that are searched for lib<plugin>.so.
  std::filesystem::path store = "var/plugins";     // Versions of plugins; they come before those.
};

struct JobsFile {
  HostSpec host;
  std::map<std::string, ClusterSpec, std::less<>> clusters;
  std::vector<JobSpec> jobs;
};

}  // namespace weir
