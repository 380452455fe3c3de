#include "connectors/kafka/partition_finder.h"

#include <algorithm>
#include <regex.h>
#include <set>
#include <utility>

#include "base/format.h"
#include "connectors/kafka/name_pattern.h"

namespace weir::kafka {
namespace {

constexpr auto kRetryAfter = std::chrono::milliseconds(500);

// A topic that was just made is not known to every broker at once.
constexpr int kMissingRoundsMax = 3;

bool may_pass(const Error& error) {
  return error.kind() == ErrorKind::Unavailable;
}

}  // namespace

PartitionFinder::PartitionFinder(SourceSettings settings,
                                 std::shared_ptr<Client> client,
                                 std::vector<std::shared_ptr<Lane>> lanes,
                                 std::map<Partition, std::int64_t> restored)
    : settings_(std::move(settings)),
      client_(std::move(client)),
      lanes_(std::move(lanes)),
      load_(lanes_.size()),
      first_outcome_(first_.get_future()) {
  for (const auto& [partition, position] : restored) {
    const std::size_t lane = place(partition).lane;
    lanes_[lane]->inbox.with([&, &it = partition, &at = position](Inbox& inbox) {
      inbox.found.push_back({it, at, std::nullopt});
    });
  }
  facts_.restored = std::move(restored);
  facts_.start = settings_.start;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Status PartitionFinder::wait_for_first(std::chrono::milliseconds at_most) {
  if (first_outcome_.wait_for(at_most) == std::future_status::timeout) return Done{};
  return first_outcome_.get();
}

void PartitionFinder::run(const std::stop_token& stop) {
  ClusterQuery query(*client_, stop);
  while (!stop.stop_requested()) {
    const bool has_to_look = !is_first_done_ || !settings_.stop_at_end;
    Status outcome = has_to_look ? look(query) : Status(Done{});
    if (!outcome && !may_pass(outcome.error())) return fail(outcome.error());
    if (outcome) finish_first();
    if (!outcome) client_->log().debug("looking for partitions: {}", outcome.error().message());
    Status waited = query.wait(outcome ? settings_.find_every : kRetryAfter);
    if (!waited) return fail(waited.error());
  }
}

Status PartitionFinder::look(ClusterQuery& query) {
  TRY(const auto names, wanted_topics(query));
  TRY(const auto states, query.describe(names));
  TRY(const auto found, new_partitions(states));
  if (found.empty()) return Done{};
  TRY(const auto positions, start_positions(query, found));
  std::map<Partition, std::int64_t> ends;
  if (settings_.stop_at_end) {
    for (const Partition& partition : found)
      ends[partition] = RD_KAFKA_OFFSET_SPEC_LATEST;
    TRY(ends, query.offsets(ends));
  }
  return assign(positions, ends);
}

Result<std::vector<std::string>> PartitionFinder::wanted_topics(ClusterQuery& query) const {
  if (settings_.pattern.empty()) return settings_.topics;
  TRY(const auto names, query.topics());
  TRY(const auto pattern, NamePattern::compile(settings_.pattern));
  // One that is being read must not vanish unseen.
  std::set<std::string> all;
  for (const auto& [topic, id] : topic_ids_)
    all.insert(topic);
  for (const auto& [partition, placement] : placements_)
    all.insert(partition.topic);
  for (const std::string& name : names) {
    if (pattern.matches(name)) all.insert(name);
  }
  return std::vector<std::string>(all.begin(), all.end());
}

Result<std::vector<Partition>> PartitionFinder::new_partitions(
    const std::map<std::string, TopicState>& states) {
  std::vector<Partition> found;
  for (const auto& [topic, state] : states) {
    TRY_DO(judge(topic, state));
    if (state.presence != TopicState::Presence::Present) continue;
    topic_ids_.emplace(topic, state.id);
    for (std::int32_t i = 0; i < state.partitions; ++i) {
      const auto known = placements_.find({topic, i});
      if (known == placements_.end() || !known->second.is_assigned) found.push_back({topic, i});
    }
  }
  missing_rounds_ = 0;
  for (const auto& [partition, placement] : placements_) {
    const auto state = states.find(partition.topic);
    if (placement.is_assigned || state == states.end()) continue;
    if (state->second.presence != TopicState::Presence::Present) continue;
    if (partition.number < state->second.partitions) continue;
    return Error(ErrorKind::NotFound,
                 format("kafka topic {} has {} partitions, but partition {} is to be continued",
                        partition.topic,
                        state->second.partitions,
                        partition.number));
  }
  return found;
}

// Whether a source that reads this topic can go on.
Status PartitionFinder::judge(const std::string& topic, const TopicState& state) {
  const auto known = topic_ids_.find(topic);
  if (state.presence == TopicState::Presence::Missing) {
    if (known != topic_ids_.end()) {
      return Error(ErrorKind::NotFound, format("kafka topic {} was deleted", topic));
    }
    const bool is_sure = ++missing_rounds_ >= kMissingRoundsMax;
    return Error(is_sure ? ErrorKind::NotFound : ErrorKind::Unavailable,
                 format("kafka topic {} does not exist in cluster {}", topic, client_->cluster()));
  }
  if (state.presence == TopicState::Presence::NotNow) {
    if (is_first_done_) return Done{};
    return Error(ErrorKind::Unavailable, format("kafka topic {} is not ready", topic));
  }
  if (known != topic_ids_.end() && known->second != state.id) {
    return Error(
        ErrorKind::NotFound,
        format("kafka topic {} was deleted and made again: positions in it mean nothing", topic));
  }
  return Done{};
}

Result<std::map<Partition, std::int64_t>> PartitionFinder::start_positions(
    ClusterQuery& query, const std::vector<Partition>& found) {
  TRY(facts_.committed, query.committed(settings_.job, found));
  facts_.is_running = is_first_done_;
  facts_.topics_read.clear();
  for (const auto& [partition, placement] : placements_) {
    if (placement.is_assigned) facts_.topics_read.insert(partition.topic);
  }
  StartDecision decision = decide_starts(found, facts_);
  TRY(const auto answers, query.offsets(decision.asked));
  std::map<Partition, std::int64_t> behind_all;  // No record is as young as the time to start at.
  for (const auto& [partition, offset] : answers) {
    if (offset >= 0) {
      decision.known[partition] = offset;
    } else {
      behind_all[partition] = RD_KAFKA_OFFSET_SPEC_LATEST;
    }
  }
  TRY(const auto ends, query.offsets(behind_all));
  decision.known.insert(ends.begin(), ends.end());
  return std::move(decision.known);
}

Status PartitionFinder::assign(const std::map<Partition, std::int64_t>& positions,
                               const std::map<Partition, std::int64_t>& ends) {
  const Handle<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const auto& [partition, position] : positions) {
    const char* topic = partition.topic.c_str();
    rd_kafka_topic_partition_list_add(list.get(), topic, partition.number)->offset = position;
    Placement& placement = place(partition);
    Lane& lane = *lanes_[placement.lane];
    const Handle<rd_kafka_queue_t> queue(
        rd_kafka_queue_get_partition(client_->handle(), topic, partition.number));
    rd_kafka_queue_forward(queue.get(), lane.queue.get());
    // The reader knows of the split before its first message.
    FoundSplit found = {partition, position, std::nullopt};
    if (const auto end = ends.find(partition); end != ends.end()) found.end = end->second;
    lane.inbox.with([&](Inbox& inbox) { inbox.found.push_back(std::move(found)); });
    placement.is_assigned = true;
    client_->log().debug("reading {} from {}", split_name(partition), position);
  }
  const Handle<rd_kafka_error_t> error(rd_kafka_incremental_assign(client_->handle(), list.get()));
  if (error) {
    return Error(ErrorKind::Invalid, rd_kafka_error_string(error.get()))
        .during("assign partitions");
  }
  return Done{};
}

// The lane with the fewest partitions takes one more.
PartitionFinder::Placement& PartitionFinder::place(const Partition& partition) {
  const auto known = placements_.find(partition);
  if (known != placements_.end()) return known->second;
  const auto least = std::min_element(load_.begin(), load_.end());
  ++*least;
  const auto lane = static_cast<std::size_t>(least - load_.begin());
  return placements_.emplace(partition, Placement{lane, false}).first->second;
}

void PartitionFinder::finish_first() {
  if (std::exchange(is_first_done_, true)) return;
  for (const auto& lane : lanes_) {
    lane->inbox.with([](Inbox& inbox) { inbox.knows_splits = true; });
  }
  if (placements_.empty()) {
    client_->log().info("no topic matches {} so far", settings_.pattern);
  }
  first_.set_value(Done{});
}

void PartitionFinder::fail(const Error& error) {
  for (const auto& lane : lanes_) {
    lane->inbox.with([&](Inbox& inbox) { inbox.failure = error; });
  }
  if (!std::exchange(is_first_done_, true)) first_.set_value(error);
}

}  // namespace weir::kafka
