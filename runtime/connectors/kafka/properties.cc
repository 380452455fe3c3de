#include "connectors/kafka/properties.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "base/format.h"

namespace weir::kafka {
namespace {

constexpr std::size_t kMessageMax = 512;

struct OwnedProperty {
  std::string_view name;
  std::string_view reason;
};

constexpr std::string_view kBrokers = "brokers are named by `brokers` of the same section";
constexpr std::string_view kGroup = "the consumer group is the job's name";
constexpr std::string_view kManual = "Weir assigns partitions itself, without group membership";
constexpr std::string_view kCommit = "Weir commits positions when an epoch is complete";
constexpr std::string_view kSafe = "Weir relies on it to lose and to double nothing";

// What a user must not set, because delivery depends on it or jobs.toml has another place for it.
constexpr std::array kOwned = {
    OwnedProperty{"bootstrap.servers", kBrokers},
    OwnedProperty{"metadata.broker.list", kBrokers},
    OwnedProperty{"group.id", kGroup},
    OwnedProperty{"group.instance.id", kManual},
    OwnedProperty{"group.protocol", kManual},
    OwnedProperty{"group.remote.assignor", kManual},
    OwnedProperty{"partition.assignment.strategy", kManual},
    OwnedProperty{"enable.auto.commit", kCommit},
    OwnedProperty{"auto.commit.enable", kCommit},
    OwnedProperty{"auto.commit.interval.ms", kCommit},
    OwnedProperty{"enable.auto.offset.store", kCommit},
    OwnedProperty{"offset.store.method", kCommit},
    OwnedProperty{"auto.offset.reset", "set `start` of the source; lost offsets are an error"},
    OwnedProperty{"isolation.level", kSafe},
    OwnedProperty{"enable.partition.eof", kSafe},
    OwnedProperty{"enable.idempotence", kSafe},
    OwnedProperty{"acks", kSafe},
    OwnedProperty{"request.required.acks", kSafe},
    OwnedProperty{"transactional.id", kSafe},
    OwnedProperty{"delivery.report.only.error", kSafe},
    OwnedProperty{"partitioner", "keys go to the partitions that Java clients choose"},
    OwnedProperty{"allow.auto.create.topics", "a source wants its topics to be there"},
    OwnedProperty{"log.queue", "Weir writes the log"},
};

// Measured; README.md says why.
const Properties& tuned(Role role) {
  static const Properties consumer = {
      {"check.crcs", "true"},
      {"fetch.max.bytes", "2097152"},
      {"fetch.queue.backoff.ms", "2"},
      {"queued.max.messages.kbytes", "8192"},
      {"reconnect.backoff.max.ms", "2000"},
      {"log.connection.close", "false"},
  };
  static const Properties producer = {
      {"linger.ms", "10"},
      {"message.max.bytes", "1000000000"},
      {"message.timeout.ms", "0"},
      {"queue.buffering.max.messages", "200000"},
      {"queue.buffering.max.kbytes", "65536"},
      {"topic.metadata.propagation.max.ms", "5000"},
      {"reconnect.backoff.max.ms", "2000"},
      {"log.connection.close", "false"},
  };
  return role == Role::Consumer ? consumer : producer;
}

// What delivery depends on, whatever a user wishes.
const Properties& fixed(Role role) {
  static const Properties consumer = {
      {"allow.auto.create.topics", "false"},
      {"auto.offset.reset", "error"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"isolation.level", "read_committed"},
  };
  static const Properties producer = {
      {"acks", "all"},
      {"enable.idempotence", "true"},
      {"partitioner", "murmur2_random"},
  };
  return role == Role::Consumer ? consumer : producer;
}

// Without brokers an instance connects to nobody, but reads its key files and checks combinations.
Status make_trial_instance(Role role, Handle<rd_kafka_conf_t> configuration) {
  rd_kafka_conf_set_log_cb(configuration.get(),
                           [](const rd_kafka_t*, int, const char*, const char*) {});
  std::array<char, kMessageMax> message = {};
  const auto type = role == Role::Consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  const Handle<rd_kafka_t> client(
      rd_kafka_new(type, configuration.get(), message.data(), message.size()));
  if (!client) return Error(ErrorKind::Invalid, message.data());
  static_cast<void>(configuration.release());  // The client has taken it.
  return Done{};
}

}  // namespace

Result<Handle<rd_kafka_conf_t>> make_configuration(Role role,
                                                   const ClusterSpec& cluster,
                                                   const Properties& own) {
  Handle<rd_kafka_conf_t> configuration(rd_kafka_conf_new());
  std::array<char, kMessageMax> message = {};
  Properties all = tuned(role);
  for (const auto& [name, value] : cluster.properties)
    all.insert_or_assign(name, value);
  for (const auto& [name, value] : fixed(role))
    all.insert_or_assign(name, value);
  for (const auto& [name, value] : own)
    all.insert_or_assign(name, value);
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(
            configuration.get(), name.c_str(), value.c_str(), message.data(), message.size()) !=
        RD_KAFKA_CONF_OK) {
      return Error(ErrorKind::Invalid,
                   format("[kafka.{}.properties] {}", cluster.name, message.data()));
    }
  }
  return configuration;
}

// The client prints a table, a property a line, its name first; only there aliases are told too.
std::vector<std::string> property_names() {
  char* table = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&table, &size);
  if (stream == nullptr) return {};
  rd_kafka_conf_properties_show(stream);
  std::fclose(stream);
  std::istringstream lines(std::string(table, size));
  std::free(table);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find_first_of(" |"));
    const bool has_dot = name.find('.') != std::string::npos;
    if (has_dot && line.find('|') != std::string::npos) names.push_back(name);
  }
  return names;
}

std::vector<PropertyMistake> check_properties(Role role,
                                              const ClusterSpec& cluster,
                                              const Properties& own) {
  std::vector<PropertyMistake> mistakes;
  const Handle<rd_kafka_conf_t> scratch(rd_kafka_conf_new());
  std::array<char, kMessageMax> message = {};
  for (const auto& [name, value] : cluster.properties) {
    const auto* owned = std::find_if(
        kOwned.begin(), kOwned.end(), [&](const OwnedProperty& it) { return it.name == name; });
    if (owned != kOwned.end()) {
      mistakes.push_back({name, "what Weir sets itself", format("none: {}", owned->reason)});
      continue;
    }
    const rd_kafka_conf_res_t outcome = rd_kafka_conf_set(
        scratch.get(), name.c_str(), value.c_str(), message.data(), message.size());
    if (outcome == RD_KAFKA_CONF_UNKNOWN) {
      mistakes.push_back({name, "an unknown property", "a property of librdkafka", true});
    } else if (outcome != RD_KAFKA_CONF_OK) {
      mistakes.push_back({name, message.data(), "a value that librdkafka takes"});
    }
  }
  if (!mistakes.empty()) return mistakes;

  auto configuration = make_configuration(role, cluster, own);
  Status outcome = configuration ? make_trial_instance(role, *std::move(configuration))
                                 : Status(configuration.error());
  if (!outcome) {
    mistakes.push_back({"", "properties that do not work together", outcome.error().message()});
  }
  return mistakes;
}

}  // namespace weir::kafka
