#include "connectors/kafka/client.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {
namespace {

constexpr std::size_t kMessageMax = 512;

}  // namespace

Result<std::shared_ptr<Client>> Client::open(
    Role role, const ClusterSpec& cluster, Properties own, const Log& log, const Prepare& prepare) {
  std::shared_ptr<Client> client(new Client(cluster.name, log));
  own["bootstrap.servers"] = cluster.brokers;
  TRY(auto configuration, make_configuration(role, cluster, own));
  rd_kafka_conf_set_opaque(configuration.get(), client.get());
  rd_kafka_conf_set_log_cb(configuration.get(), &Client::write_log);
  rd_kafka_conf_set_events(configuration.get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_DR);
  if (prepare) prepare(configuration.get());

  std::array<char, kMessageMax> message = {};
  const auto type = role == Role::Consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  client->handle_ = rd_kafka_new(type, configuration.get(), message.data(), message.size());
  if (!client->handle_) {
    return Error(ErrorKind::Invalid, message.data())
        .during(format("open kafka cluster {}", cluster.name));
  }
  static_cast<void>(configuration.release());  // The client has taken it.
  client->events_.reset(rd_kafka_queue_get_main(client->handle_));
  return client;
}

Client::~Client() {
  if (!handle_) return;
  events_.reset();
  // What is still queued now was given up: without this, destroying waits for its delivery.
  if (rd_kafka_type(handle_) == RD_KAFKA_PRODUCER) {
    rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  }
  rd_kafka_destroy(handle_);
}

std::optional<Error> Client::observe(rd_kafka_event_t* event) {
  rd_kafka_resp_err_t code = rd_kafka_event_error(event);
  std::string text = rd_kafka_event_error_string(event);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, kMessageMax> message = {};
    code = rd_kafka_fatal_error(handle_, message.data(), message.size());
    return Error(
        kind_of(code),
        format("kafka cluster {}: {}: {}", cluster_, rd_kafka_err2name(code), message.data()));
  }
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
    // Users may be changed while brokers restart, so once is not final. The client keeps the same
    // error to itself for half a minute.
    Error refusal(ErrorKind::Invalid,
                  format("kafka cluster {}: authentication failed: {}", cluster_, text));
    const bool is_first = health_.with(
        [&](Health& health) { return !std::exchange(health.refusal, refusal).has_value(); });
    if (!is_first) return refusal;
    log_.warning("{}", refusal.message());
    return std::nullopt;
  }
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    const bool is_news = health_.with([&](Health& health) {
      if (!health.last_failure.empty()) text = health.last_failure;
      return !std::exchange(health.trouble, text).has_value();
    });
    if (is_news) {
      log_.warning("kafka cluster {} is out of reach, will keep trying: {}", cluster_, text);
    }
    return std::nullopt;
  }
  health_.with([&](Health& health) { health.last_failure = text; });
  log_.debug("kafka cluster {}: {}: {}", cluster_, rd_kafka_err2name(code), text);
  return std::nullopt;
}

void Client::mark_reachable() {
  const bool was_out = health_.with([](Health& health) {
    health.refusal.reset();
    return std::exchange(health.trouble, std::nullopt).has_value();
  });
  if (was_out) log_.info("kafka cluster {} answers again", cluster_);
}

std::optional<Error> Client::refusal() const {
  return health_.with([](const Health& health) { return health.refusal; });
}

std::optional<std::string> Client::trouble() const {
  return health_.with([](const Health& health) { return health.trouble; });
}

// Single connections that fail are the client's business: what matters arrives as an event.
void Client::write_log(const rd_kafka_t* handle,
                       int level,
                       const char* facility,
                       const char* text) {
  const auto* client = static_cast<const Client*>(rd_kafka_opaque(handle));
  constexpr int kSyslogError = 3;
  constexpr int kSyslogWarning = 4;
  const std::string_view subject = facility;
  const bool is_event = subject == "FAIL" || subject == "ERROR" || subject == "CONFWARN";
  if (is_event || level > kSyslogWarning) {
    client->log_.debug("{}: {}", subject, text);
  } else if (level > kSyslogError) {
    client->log_.warning("{}: {}", subject, text);
  } else {
    client->log_.error("{}: {}", subject, text);
  }
}

}  // namespace weir::kafka
