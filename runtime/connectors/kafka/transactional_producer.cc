#include "connectors/kafka/transactional_producer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {
namespace {

constexpr auto kTimeout = std::chrono::milliseconds(60'000);
constexpr auto kSocketTimeout = std::chrono::milliseconds(10'000);
constexpr auto kTopicPatience = std::chrono::milliseconds(5'000);

// How long a coordinator may be away before the caller hears of it.
constexpr auto kTakeOverAtMost = std::chrono::milliseconds(20'000);
constexpr auto kCallAtMost = std::chrono::milliseconds(5'000);  // The client is asked again then.
constexpr auto kPause = std::chrono::milliseconds(50);
constexpr auto kSlice = std::chrono::milliseconds(5);
constexpr auto kGiveUpAtMost = std::chrono::milliseconds(1'000);

constexpr std::size_t kMessageMax = 512;

// Kafka's API keys of the requests that a later transaction of the same producer could suffer from.
std::string_view transactional_request(std::int16_t api_key) {
  switch (api_key) {
    case 24: return "AddPartitionsToTxn";
    case 25: return "AddOffsetsToTxn";
    case 26: return "EndTxn";
    case 28: return "TxnOffsetCommit";
    default: return {};
  }
}

std::chrono::milliseconds time_of(const ClusterSpec& cluster,
                                  const char* property,
                                  std::chrono::milliseconds otherwise) {
  const auto found = cluster.properties.find(property);
  if (found == cluster.properties.end()) return otherwise;
  std::int64_t ms = 0;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  return ms > 0 ? std::chrono::milliseconds(ms) : otherwise;
}

// What is noted of a request that is over.
rd_kafka_resp_err_t note_response(std::int16_t api_key,
                                  rd_kafka_resp_err_t code,
                                  Guarded<std::optional<std::string>>& unanswered) {
  const std::string_view request = transactional_request(api_key);
  const bool is_lost = code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__DESTROY;
  if (request.empty() || !is_lost) return RD_KAFKA_RESP_ERR_NO_ERROR;
  unanswered.with([&](std::optional<std::string>& first) {
    if (!first) first = format("{}: {}", request, rd_kafka_err2name(code));
  });
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

std::chrono::milliseconds transaction_timeout(const ClusterSpec& cluster) {
  return time_of(cluster, "transaction.timeout.ms", kTimeout);
}

std::chrono::milliseconds topic_patience(const ClusterSpec& cluster) {
  return time_of(cluster, "topic.metadata.propagation.max.ms", kTopicPatience);
}

Properties transactional_properties(const ClusterSpec& cluster, const std::string& id) {
  const auto timeout = transaction_timeout(cluster);
  Properties own = {{"transactional.id", id},
                    {"transaction.timeout.ms", std::to_string(timeout.count())}};
  if (!cluster.properties.contains("socket.timeout.ms")) {
    own["socket.timeout.ms"] = std::to_string(std::min(timeout, kSocketTimeout).count());
  }
  return own;
}

Result<std::shared_ptr<TransactionalProducer>> TransactionalProducer::open(
    const ClusterSpec& cluster,
    const std::string& id,
    Properties own,
    const Log& log,
    std::stop_token stop) {
  own.merge(transactional_properties(cluster, id));
  std::shared_ptr<TransactionalProducer> producer(
      new TransactionalProducer(id, transaction_timeout(cluster), std::move(stop)));
  const auto watch = [&](rd_kafka_conf_t* configuration) {
    rd_kafka_conf_interceptor_add_on_new(configuration, "weir", &watch_instance, &producer->watch_);
  };
  TRY(producer->client_, Client::open(Role::Producer, cluster, std::move(own), log, watch));
  return producer;
}

// A client that goes while it asks the coordinator to take a partition into the transaction may
// fail an assertion of its own (librdkafka 2.14.2: txn_req_cnt), so the question is settled first.
// Where that fails, nothing is lost: whoever comes next with this id ends the transaction.
TransactionalProducer::~TransactionalProducer() {
  if (client_ == nullptr) return;
  rd_kafka_purge(client_->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  serve(kSlice);
  const Handle<rd_kafka_error_t> refused(
      rd_kafka_abort_transaction(client_->handle(), static_cast<int>(kGiveUpAtMost.count())));
  if (refused) {
    client_->log().debug(
        "transaction of {} not given up: {}", id_, rd_kafka_error_string(refused.get()));
  }
}

rd_kafka_resp_err_t TransactionalProducer::watch_instance(
    rd_kafka_t* handle, const rd_kafka_conf_t*, void* watch, char*, std::size_t) {
  // Called on the client's thread for every request that is over, also for one that timed out or
  // whose connection broke, before the client sends it again.
  const auto on_response = [](auto... arguments) {
    constexpr std::size_t kApiKey = 4;
    constexpr std::size_t kError = 9;
    constexpr std::size_t kOpaque = 10;
    const auto all = std::make_tuple(arguments...);
    return note_response(std::get<kApiKey>(all),
                         std::get<kError>(all),
                         static_cast<Watch*>(std::get<kOpaque>(all))->unanswered);
  };
  return rd_kafka_interceptor_add_on_response_received(handle, "weir", on_response, watch);
}

Status TransactionalProducer::take_over() {
  const auto at_most = std::min(kTakeOverAtMost, patience_);
  return insist("fence the transactional id", at_most, [&] {
    return rd_kafka_init_transactions(client_->handle(), static_cast<int>(kCallAtMost.count()));
  });
}

Status TransactionalProducer::begin() {
  const Handle<rd_kafka_error_t> error(rd_kafka_begin_transaction(client_->handle()));
  if (error) return error_of(*error).during("begin a transaction");
  tally_.with([](Tally& tally) { tally = {}; });
  return Done{};
}

Status TransactionalProducer::flush() {
  const auto deadline = clock_.monotonic_now() + patience_;
  while (true) {
    const Tally now = tally_.with([](const Tally& tally) { return tally; });
    if (now.failure) return now.is_purged ? cause_of_purge(*now.failure) : *now.failure;
    if (now.settled == now.written) return Done{};
    if (stop_.stop_requested()) {
      return Error(ErrorKind::Unavailable,
                   format("{} messages were not acknowledged yet", now.written - now.settled));
    }
    if (clock_.monotonic_now() > deadline) {
      return Error(ErrorKind::Unavailable,
                   format("kafka cluster {}: {} messages were not acknowledged in {} s",
                          client_->cluster(),
                          now.written - now.settled,
                          patience_.count() / 1000));
    }
    serve(kSlice);
  }
}

// What was purged was purged for a reason, which the client tells whoever asks for a transaction.
Error TransactionalProducer::cause_of_purge(const Error& purged) const {
  const Handle<rd_kafka_error_t> cause(rd_kafka_begin_transaction(client_->handle()));
  const bool is_told = cause && (rd_kafka_error_txn_requires_abort(cause.get()) ||
                                 rd_kafka_error_is_fatal(cause.get()));
  return is_told ? error_of(*cause) : purged;
}

Status TransactionalProducer::add_offsets(const std::string& group,
                                          const rd_kafka_topic_partition_list_t* offsets) {
  // Without a member: the partitions are assigned by hand, and the transactional id is the fence.
  const Handle<rd_kafka_consumer_group_metadata_t> no_member(
      rd_kafka_consumer_group_metadata_new(group.c_str()));
  return insist("commit positions in the transaction", patience_, [&] {
    return rd_kafka_send_offsets_to_transaction(
        client_->handle(), offsets, no_member.get(), static_cast<int>(kCallAtMost.count()));
  });
}

Status TransactionalProducer::commit() {
  return insist("commit the transaction", 2 * patience_, [&] {
    return rd_kafka_commit_transaction(client_->handle(), static_cast<int>(kCallAtMost.count()));
  });
}

std::optional<std::string> TransactionalProducer::unanswered() const {
  return watch_.unanswered.with([](const std::optional<std::string>& first) { return first; });
}

// Calls while the client says that the answer is still open, at most so long.
Status TransactionalProducer::insist(std::string_view what,
                                     std::chrono::milliseconds at_most,
                                     const Call& call) {
  const auto deadline = clock_.monotonic_now() + at_most;
  while (true) {
    const Handle<rd_kafka_error_t> error(call());
    if (!error) {
      client_->mark_reachable();
      return Done{};
    }
    const bool is_open = rd_kafka_error_is_retriable(error.get()) != 0;
    const bool is_over = stop_.stop_requested() || clock_.monotonic_now() > deadline;
    if (!is_open || is_over) return error_of(*error).during(what);
    client_->log().debug("{}: {}, again", what, rd_kafka_error_string(error.get()));
    serve(kPause);
  }
}

Error TransactionalProducer::error_of(const rd_kafka_error_t& error) const {
  rd_kafka_resp_err_t code = rd_kafka_error_code(&error);
  std::string text = rd_kafka_error_string(&error);
  if (rd_kafka_error_is_fatal(&error)) {
    std::array<char, kMessageMax> why = {};
    const auto cause = rd_kafka_fatal_error(client_->handle(), why.data(), why.size());
    if (cause != RD_KAFKA_RESP_ERR_NO_ERROR) {
      code = cause;
      text = why.data();
    }
  }
  if (const auto cause = client_->refusal(); cause && is_passing(code)) return *cause;
  return Error(kind_of(code),
               format("kafka cluster {}, transactional id {}: {}",
                      client_->cluster(),
                      id_,
                      explain(code, text)));
}

rd_kafka_topic_t* TransactionalProducer::topic(const std::string& name,
                                               const std::optional<std::string>& compression) {
  return topics_.with([&](auto& topics) {
    Handle<rd_kafka_topic_t>& topic = topics[name];
    if (topic) return topic.get();
    rd_kafka_topic_conf_t* settings = rd_kafka_default_topic_conf_dup(client_->handle());
    if (compression) {
      rd_kafka_topic_conf_set(settings, "compression.codec", compression->c_str(), nullptr, 0);
    }
    topic.reset(rd_kafka_topic_new(client_->handle(), name.c_str(), settings));
    return topic.get();
  });
}

void TransactionalProducer::note_written(std::size_t messages) {
  tally_.with([&](Tally& tally) { tally.written += messages; });
}

void TransactionalProducer::note_failure(const Error& error) {
  tally_.with([&](Tally& tally) {
    if (!tally.failure) tally.failure = error;
  });
}

bool TransactionalProducer::has_failed() const {
  return tally_.with([](const Tally& tally) { return tally.failure.has_value(); });
}

void TransactionalProducer::serve(std::chrono::milliseconds at_most) {
  auto wait = static_cast<int>(at_most.count());
  while (true) {
    const Handle<rd_kafka_event_t> event(rd_kafka_queue_poll(client_->events(), wait));
    if (!event) return;
    wait = 0;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
      count(event.get());
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      if (const auto error = client_->observe(event.get())) note_failure(*error);
    }
  }
}

void TransactionalProducer::count(rd_kafka_event_t* reports) {
  bool is_any_stored = false;
  tally_.with([&](Tally& tally) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(reports)) {
      ++tally.settled;
      is_any_stored = is_any_stored || message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || tally.failure) continue;
      tally.is_purged = message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                        message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
      tally.failure = Error(kind_of(message->err),
                            format("kafka topic {}: {}",
                                   rd_kafka_topic_name(message->rkt),
                                   explain(message->err, rd_kafka_err2str(message->err))));
    }
  });
  if (is_any_stored) client_->mark_reachable();
}

}  // namespace weir::kafka
