#include "connectors/kafka/source.h"

#include <algorithm>
#include <map>
#include <set>
#include <stop_token>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/cluster_query.h"
#include "connectors/kafka/name_pattern.h"
#include "connectors/kafka/reader.h"
#include "connectors/kafka/transactional_producer.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {
namespace {

// Long enough for a cluster that is there; one that is not must not hold up the other jobs.
constexpr auto kFirstAtMost = std::chrono::seconds(3);

constexpr int kLastCommitMs = 3'000;

// The positions that still concern this source: not those of topics it no longer names.
Result<std::map<Partition, std::int64_t>> partitions_of(std::span<const SplitPosition> restored,
                                                        const SourceSettings& settings) {
  std::map<Partition, std::int64_t> positions;
  TRY(const auto pattern, NamePattern::compile(settings.pattern));
  const auto is_wanted = [&](const std::string& topic) {
    const auto& topics = settings.topics;
    if (topics.empty()) return pattern.matches(topic);
    return std::find(topics.begin(), topics.end(), topic) != topics.end();
  };
  for (const SplitPosition& position : restored) {
    const auto partition = partition_of(position.split);
    if (partition && is_wanted(partition->topic)) positions[*partition] = position.position;
  }
  return positions;
}

}  // namespace

KafkaSource::KafkaSource(SourceSettings settings, const Log& log)
    : settings_(std::move(settings)), log_(log) {}

// The last positions are worth a short wait, unless nobody is there to take them.
KafkaSource::~KafkaSource() {
  finder_.reset();
  for (int i = 0; i < 2 && client_ && is_answer_due_ && !client_->trouble(); ++i) {
    if (Status outcome = take_answer(kLastCommitMs); !outcome) {
      log_.warning("last positions of {}: {}", settings_.port, outcome.error().message());
    }
    if (is_answer_due_) break;
    if (waiting_) static_cast<void>(send(std::exchange(waiting_, nullptr).get()));
  }
  answers_.reset();
}

// Asked by a client of its own, whose late answers cannot be taken for the finder's.
Result<std::vector<std::string>> KafkaSource::gone(std::span<const SplitPosition> known) {
  std::vector<std::string> gone;
  if (settings_.pattern.empty()) return gone;
  TRY(const auto positions, partitions_of(known, settings_));
  std::set<std::string> topics;
  for (const auto& [partition, position] : positions)
    topics.insert(partition.topic);
  if (topics.empty()) return gone;
  TRY(const auto client,
      Client::open(Role::Consumer, settings_.cluster, {{"group.id", settings_.job}}, log_));
  ClusterQuery query(*client, std::stop_token());
  const auto missing =
      query.missing({topics.begin(), topics.end()}, topic_patience(settings_.cluster));
  if (!missing && missing.error().kind() == ErrorKind::Unavailable) return gone;
  if (!missing) return missing.error();
  if (missing->size() == topics.size()) {
    return Error(ErrorKind::NotFound,
                 format("none of the topics that were read is in kafka cluster {} any more, like "
                        "{}: is it the right one?",
                        settings_.cluster.name,
                        missing->front()));
  }
  for (const std::string& topic : *missing)
    log_.warning("kafka topic {} was deleted: its positions are forgotten", topic);
  for (const auto& [partition, position] : positions) {
    if (std::ranges::find(*missing, partition.topic) == missing->end()) continue;
    gone.push_back(split_name(partition));
  }
  return gone;
}

Result<std::vector<std::unique_ptr<SourceReader>>> KafkaSource::open_readers(
    std::size_t count, std::span<const SplitPosition> restored) {
  Properties own = {{"group.id", settings_.job}};
  if (!settings_.cluster.properties.contains("client.id")) {
    own["client.id"] = format("weir-{}-{}", settings_.job, settings_.port);
  }
  TRY(client_, Client::open(Role::Consumer, settings_.cluster, std::move(own), log_));
  answers_.reset(rd_kafka_queue_new(client_->handle()));

  TRY(auto positions, partitions_of(restored, settings_));
  std::vector<std::shared_ptr<Lane>> lanes;
  std::vector<std::unique_ptr<SourceReader>> readers;
  const Reader::Options options = {settings_.with_headers, settings_.stop_at_end};
  for (std::size_t i = 0; i < count; ++i) {
    lanes.push_back(std::make_shared<Lane>(client_));
    readers.push_back(std::make_unique<Reader>(lanes.back(), options));
  }
  finder_ =
      std::make_unique<PartitionFinder>(settings_, client_, std::move(lanes), std::move(positions));
  TRY_DO(finder_->wait_for_first(kFirstAtMost));
  return readers;
}

Status KafkaSource::commit(std::span<const SplitPosition> positions) {
  TRY_DO(take_answer(0));
  Handle<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const SplitPosition& position : positions) {
    const auto partition = partition_of(position.split);
    if (!partition) continue;
    rd_kafka_topic_partition_list_add(list.get(), partition->topic.c_str(), partition->number)
        ->offset = position.position;
  }
  if (list->cnt == 0) return Done{};
  if (is_answer_due_) {
    waiting_ = std::move(list);
    return Done{};
  }
  return send(list.get());
}

Status KafkaSource::send(const rd_kafka_topic_partition_list_t* positions) {
  const auto code =
      rd_kafka_commit_queue(client_->handle(), positions, answers_.get(), nullptr, nullptr);
  if (code) return Error(kind_of(code), rd_kafka_err2str(code)).during("commit positions");
  is_answer_due_ = true;
  waiting_.reset();
  return Done{};
}

Status KafkaSource::take_answer(int wait_ms) {
  if (!is_answer_due_) return Done{};
  const Handle<rd_kafka_event_t> event(rd_kafka_queue_poll(answers_.get(), wait_ms));
  if (!event) return Done{};
  is_answer_due_ = false;
  const auto fail = [&](rd_kafka_resp_err_t code, const std::string& where) -> Status {
    // What is missing may be just being made, or being deleted: the finder will tell.
    const bool may_pass =
        is_passing(code) || is_missing(code) || code == RD_KAFKA_RESP_ERR__NO_OFFSET;
    if (may_pass) {
      log_.debug("commit positions of {}: {}", where, rd_kafka_err2str(code));
      return Done{};
    }
    return Error(
        kind_of(code),
        format("commit positions of {}: {}", where, explain(code, rd_kafka_err2str(code))));
  };
  const auto* list = rd_kafka_event_topic_partition_list(event.get());
  for (int i = 0; list && i < list->cnt; ++i) {
    const auto& it = list->elems[i];
    if (it.err) TRY_DO(fail(it.err, format("partition {}/{}", it.topic, it.partition)));
  }
  const auto code = rd_kafka_event_error(event.get());
  if (code) TRY_DO(fail(code, "group " + settings_.job));
  return Done{};
}

}  // namespace weir::kafka
