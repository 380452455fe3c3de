#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "connectors/connector.h"

namespace weir::kafka {

struct Earliest {};
struct Latest {};
struct Since {
  std::int64_t milliseconds;  // UTC
};

// Where a partition without any position begins.
using Start = std::variant<Earliest, Latest, Since>;

// What a source port's section says.
struct SourceSettings {
  ClusterSpec cluster;
  std::string job;  // Also the consumer group.
  std::string port;
  std::vector<std::string> topics;  // Empty when there is a pattern.
  std::string pattern;
  Start start = Earliest{};
  bool stop_at_end = false;   // Read up to what was there at the start, then end.
  bool with_headers = false;  // Hand over headers; reading them costs.
  std::chrono::milliseconds find_every = std::chrono::seconds(30);
};

// What a sink port's section says.
struct SinkSettings {
  ClusterSpec cluster;
  std::string job;
  std::string port;
  std::string topic;
  Delivery delivery = Delivery::AtLeastOnce;  // Or Transactional.
  std::optional<std::string> compression;
  std::optional<std::chrono::milliseconds> linger;
};

std::vector<OptionSpec> source_options();
std::vector<OptionSpec> sink_options();

// Fills in defaults. What is wrong goes to `mistakes`; the result counts only when there is none.
SourceSettings read_source_settings(const PortRequest& request,
                                    std::vector<OptionMistake>& mistakes);
SinkSettings read_sink_settings(const PortRequest& request, std::vector<OptionMistake>& mistakes);

// Transactional, or at least once.
Delivery delivery_of(const PortRequest& sink);

// For what should have been found by a check.
Error error_of(const OptionMistake& mistake);

}  // namespace weir::kafka
