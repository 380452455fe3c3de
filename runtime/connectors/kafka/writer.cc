#include "connectors/kafka/writer.h"

#include <array>

#include "base/format.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {
namespace {

constexpr std::size_t kMessageMax = 512;

Handle<rd_kafka_headers_t> headers_of(const OutMessage& message) {
  Handle<rd_kafka_headers_t> headers(rd_kafka_headers_new(message.headers.size()));
  for (const auto& [name, value] : message.headers) {
    rd_kafka_header_add(headers.get(),
                        name.data(),
                        static_cast<ssize_t>(name.size()),
                        value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return headers;
}

}  // namespace

Result<std::size_t> Writer::write(std::span<const OutMessage> messages) {
  deliveries_->serve();
  TRY_DO(deliveries_->acknowledged(index_));
  std::size_t taken = 0;
  for (const OutMessage& message : messages) {
    rd_kafka_t* client = deliveries_->client()->handle();
    const rd_kafka_resp_err_t code =
        produce(client, deliveries_->topic(), message, Deliveries::mark_of(index_));
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
    if (code) return refusal_of(code, client, deliveries_->topic_name(), message);
    ++taken;
    ++written_;
  }
  return taken;
}

Result<Flush> Writer::flush() {
  deliveries_->serve();
  TRY(const std::uint64_t acknowledged, deliveries_->acknowledged(index_));
  return acknowledged == written_ ? Flush::Complete : Flush::Pending;
}

rd_kafka_resp_err_t produce(rd_kafka_t* client,
                            rd_kafka_topic_t* topic,
                            const OutMessage& message,
                            void* mark) {
  const void* key = message.key.empty() ? nullptr : message.key.data();
  const std::int64_t timestamp = message.timestamp < 0 ? 0 : message.timestamp;
  if (message.headers.empty()) {
    return rd_kafka_producev(
        client,
        RD_KAFKA_V_RKT(topic),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
        RD_KAFKA_V_KEY(key, message.key.size()),
        RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_OPAQUE(mark),
        RD_KAFKA_V_END);
  }
  Handle<rd_kafka_headers_t> headers = headers_of(message);
  const auto code = rd_kafka_producev(
      client,
      RD_KAFKA_V_RKT(topic),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
      RD_KAFKA_V_KEY(key, message.key.size()),
      RD_KAFKA_V_TIMESTAMP(timestamp),
      RD_KAFKA_V_OPAQUE(mark),
      RD_KAFKA_V_HEADERS(headers.get()),
      RD_KAFKA_V_END);
  if (!code) static_cast<void>(headers.release());  // The message has taken them.
  return code;
}

Error refusal_of(rd_kafka_resp_err_t code,
                 rd_kafka_t* client,
                 std::string_view topic,
                 const OutMessage& message) {
  std::string text = format("{} (key of {} bytes, value of {} bytes)",
                            explain(code, rd_kafka_err2str(code)),
                            message.key.size(),
                            message.value.size());
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, kMessageMax> why = {};
    rd_kafka_fatal_error(client, why.data(), why.size());
    text = why.data();
  }
  return Error(kind_of(code), format("kafka topic {}: {}", topic, text));
}

}  // namespace weir::kafka
