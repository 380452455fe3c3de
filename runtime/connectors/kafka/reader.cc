#include "connectors/kafka/reader.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {

Reader::Reader(std::shared_ptr<Lane> lane, Options options)
    : lane_(std::move(lane)), options_(options) {}

Result<std::size_t> Reader::poll(std::size_t records_max, RecordIntake& intake) {
  TRY_DO(take_found());
  if (records_max == 0) return std::size_t{0};
  Round round{*this, intake, records_max, 0, std::nullopt};
  const auto serve = [](rd_kafka_message_t* message, void* opaque) {
    auto& in_round = *static_cast<Round*>(opaque);
    in_round.reader.on_message(*message, in_round);
  };
  // Serves all that is queued until on_message says rd_kafka_yield.
  rd_kafka_consume_callback_queue(lane_->queue.get(), 0, serve, &round);
  if (round.failure) return *std::move(round.failure);
  refresh_one_lag();
  return round.records;
}

bool Reader::has_ended() const {
  if (!options_.stops_at_end || !knows_splits_) return false;
  return std::all_of(
      splits_.begin(), splits_.end(), [](const Split& split) { return split.has_ended; });
}

std::vector<SplitPosition> Reader::positions() const {
  std::vector<SplitPosition> positions;
  positions.reserve(splits_.size());
  for (std::size_t i = 0; i < splits_.size(); ++i) {
    positions.push_back({splits_[i].name, progress_[i].position});
  }
  return positions;
}

Status Reader::take_found() {
  Inbox inbox = lane_->inbox.with([](Inbox& shared) {
    Inbox taken = {{}, shared.knows_splits, shared.failure};
    taken.found.swap(shared.found);
    return taken;
  });
  for (FoundSplit& found : inbox.found)
    add(std::move(found));
  knows_splits_ = inbox.knows_splits;
  if (inbox.failure) return *std::move(inbox.failure);
  return Done{};
}

// A restored partition comes twice: when its position is known, and when it is there.
void Reader::add(FoundSplit found) {
  const auto [known, is_new] =
      index_.try_emplace(found.partition, static_cast<std::uint32_t>(splits_.size()));
  const std::uint32_t split = known->second;
  if (is_new) {
    Split added;
    added.name = split_name(found.partition);
    added.topic = found.partition.topic;
    added.partition = found.partition.number;
    splits_.push_back(std::move(added));
    progress_.push_back({found.position, found.end});
  }
  progress_[split].end = found.end;
  end_if_reached(split);
}

void Reader::on_message(rd_kafka_message_t& message, Round& round) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return on_error(message, round);
  const auto split = split_of(message.rkt, message.partition);
  if (!split || splits_[*split].has_ended) return;
  Progress& progress = progress_[*split];
  if (!progress.end || message.offset < *progress.end) hand_over(message, *split, round);
  progress.position = message.offset + 1;
  end_if_reached(*split);
  if (round.records == round.records_max) rd_kafka_yield(lane_->client->handle());
}

void Reader::hand_over(rd_kafka_message_t& message, std::uint32_t split, Round& round) {
  RawRecord record;
  record.key = {static_cast<const char*>(message.key), message.key ? message.key_len : 0};
  record.value = {static_cast<const char*>(message.payload), message.payload ? message.len : 0};
  record.has_key = message.key != nullptr;
  record.has_value = message.payload != nullptr;
  record.split = split;
  record.offset = message.offset;
  record.timestamp = rd_kafka_message_timestamp(&message, nullptr);
  if (options_.with_headers) {
    read_headers(message);
    record.headers = headers_;
  }
  ++round.records;
  round.intake.take(record);
}

void Reader::on_error(const rd_kafka_message_t& message, Round& round) {
  std::optional<std::uint32_t> split;
  if (message.rkt) split = split_of(message.rkt, message.partition);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (!split) return;
    // Behind the last record there may be marks of transactions, which no record shows.
    Progress& progress = progress_[*split];
    progress.position = std::max(progress.position, message.offset);
    splits_[*split].lag = 0;
    return end_if_reached(*split);
  }
  const std::string text = rd_kafka_message_errstr(&message);
  if (is_passing(message.err)) {
    return lane_->client->log().debug("{}: {}", rd_kafka_err2name(message.err), text);
  }
  const std::string where = split ? splits_[*split].name : lane_->client->cluster();
  round.failure = Error(kind_of(message.err),
                        format("kafka partition {}: {}", where, explain(message.err, text)));
  rd_kafka_yield(lane_->client->handle());
}

std::optional<std::uint32_t> Reader::split_of(TopicHandle topic, std::int32_t number) {
  const std::pair key(topic, number);
  if (key == last_key_) return last_split_;  // Messages come in runs of one partition.
  auto found = index_by_handle_.find(key);
  if (found == index_by_handle_.end()) {
    const auto known = index_.find(Partition{rd_kafka_topic_name(topic), number});
    if (known == index_.end()) return std::nullopt;
    found = index_by_handle_.emplace(key, known->second).first;
  }
  last_key_ = key;
  last_split_ = found->second;
  return last_split_;
}

void Reader::read_headers(const rd_kafka_message_t& message) {
  headers_.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    headers_.emplace_back(name, std::string_view(static_cast<const char*>(value), size));
  }
}

void Reader::end_if_reached(std::uint32_t split) {
  const Progress& progress = progress_[split];
  if (!progress.end || progress.position < *progress.end) return;
  splits_[split].has_ended = true;
  splits_[split].lag = 0;
}

// From what the client learned with its last fetch; one split a round keeps it cheap.
void Reader::refresh_one_lag() {
  if (splits_.empty()) return;
  if (next_lag_ >= splits_.size()) next_lag_ = 0;
  Split& split = splits_[next_lag_];
  const Progress& progress = progress_[next_lag_];
  ++next_lag_;
  std::int64_t low = 0;
  std::int64_t high = 0;
  if (rd_kafka_get_watermark_offsets(
          lane_->client->handle(), split.topic.c_str(), split.partition, &low, &high) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      high < 0) {
    return;
  }
  const std::int64_t end = progress.end ? std::min(high, *progress.end) : high;
  split.lag = std::max<std::int64_t>(0, end - progress.position);
}

}  // namespace weir::kafka
