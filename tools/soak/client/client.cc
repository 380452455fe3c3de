#include "client.h"

#include <array>
#include <cstdio>
#include <sstream>

namespace weir::soak {
namespace {

// The client calls back from flush and poll, on the thread that produces.
void count_failure(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* failures) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<std::uint64_t*>(failures);
}

}  // namespace

Client open_client(rd_kafka_type_t type, const Settings& settings, std::uint64_t* failures) {
  std::array<char, 512> reason = {};
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(
            configuration, name.c_str(), value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      std::fprintf(stderr, "soak_client: %s\n", reason.data());
      rd_kafka_conf_destroy(configuration);
      return nullptr;
    }
  }
  if (failures != nullptr) {
    rd_kafka_conf_set_opaque(configuration, failures);
    rd_kafka_conf_set_dr_msg_cb(configuration, count_failure);
  }
  Client client(rd_kafka_new(type, configuration, reason.data(), reason.size()));
  if (!client) {
    std::fprintf(stderr, "soak_client: %s\n", reason.data());
    rd_kafka_conf_destroy(configuration);
  }
  return client;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream rest(text);
  for (std::string part; std::getline(rest, part, separator);)
    parts.push_back(part);
  return parts;
}

}  // namespace weir::soak
