#include "connectors/kafka/sink.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/trouble.h"
#include "connectors/kafka/writer.h"

namespace weir::kafka {

Deliveries::Deliveries(std::shared_ptr<Client> client, std::string topic, std::size_t writers)
    : client_(std::move(client)),
      name_(std::move(topic)),
      topic_(rd_kafka_topic_new(client_->handle(), name_.c_str(), nullptr)),
      tallies_(writers) {}

void* Deliveries::mark_of(std::size_t writer) {
  return reinterpret_cast<void*>(writer);  // NOLINT: a number that travels as a pointer.
}

void Deliveries::serve() {
  while (true) {
    const Handle<rd_kafka_event_t> event(rd_kafka_queue_poll(client_->events(), 0));
    if (!event) return;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
      count(event.get());
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      if (auto error = client_->observe(event.get())) {
        tallies_.with([&](std::vector<Tally>& tallies) {
          for (Tally& tally : tallies)
            tally.failure = error;
        });
      }
    }
  }
}

void Deliveries::count(rd_kafka_event_t* reports) {
  bool is_any_stored = false;
  tallies_.with([&](std::vector<Tally>& tallies) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(reports)) {
      Tally& tally = tallies[reinterpret_cast<std::uintptr_t>(message->_private)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++tally.acknowledged;
        is_any_stored = true;
      } else if (!tally.failure) {
        tally.failure = failure_of(*message);
      }
    }
  });
  if (is_any_stored) client_->mark_reachable();
}

Error Deliveries::failure_of(const rd_kafka_message_t& message) const {
  const std::string partition =
      message.partition >= 0 ? format(" partition {}", message.partition) : std::string();
  return Error(kind_of(message.err),
               format("kafka topic {}{}: {}",
                      name_,
                      partition,
                      explain(message.err, rd_kafka_err2str(message.err))));
}

Result<std::uint64_t> Deliveries::acknowledged(std::size_t writer) const {
  return tallies_.with([&](const std::vector<Tally>& tallies) -> Result<std::uint64_t> {
    const Tally& tally = tallies[writer];
    if (tally.failure) return *tally.failure;
    return tally.acknowledged;
  });
}

KafkaSink::KafkaSink(SinkSettings settings, const Log& log)
    : settings_(std::move(settings)), log_(log) {}

Result<std::vector<std::unique_ptr<SinkWriter>>> KafkaSink::open_writers(std::size_t count) {
  Properties own;
  if (settings_.compression) own["compression.codec"] = *settings_.compression;
  if (settings_.linger) own["linger.ms"] = std::to_string(settings_.linger->count());
  if (!settings_.cluster.properties.contains("client.id")) {
    own["client.id"] = format("weir-{}-{}", settings_.job, settings_.port);
  }
  TRY(client_, Client::open(Role::Producer, settings_.cluster, std::move(own), log_));
  auto deliveries = std::make_shared<Deliveries>(client_, settings_.topic, count);
  std::vector<std::unique_ptr<SinkWriter>> writers;
  for (std::size_t i = 0; i < count; ++i) {
    writers.push_back(std::make_unique<Writer>(deliveries, i));
  }
  return writers;
}

}  // namespace weir::kafka
