#include "connectors/kafka/cluster_query.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/format.h"
#include "connectors/kafka/epoch_stamp.h"
#include "connectors/kafka/trouble.h"

namespace weir::kafka {
namespace {

constexpr int kAnswerMs = 5'000;  // Given to the cluster for one answer.
constexpr auto kPatience = std::chrono::milliseconds(kAnswerMs + 1'000);  // When it gives none.
constexpr int kListMs = 1'000;   // Listing topics cannot be interrupted.
constexpr int kSliceMs = 1'000;  // One wait; events end it early.
constexpr auto kAskAgainAfter = std::chrono::milliseconds(500);

using Partitions = Handle<rd_kafka_topic_partition_list_t>;

Partitions list_of(const std::vector<Partition>& partitions) {
  Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const Partition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number);
  }
  return list;
}

std::span<const rd_kafka_topic_partition_t> elements(const rd_kafka_topic_partition_list_t* list) {
  return {list->elems, static_cast<std::size_t>(list->cnt)};
}

Error refusal(rd_kafka_resp_err_t code, std::string_view subject, std::string_view text) {
  // What is missing may be just being made, or being deleted: describe() will tell.
  const bool may_pass = is_passing(code) || is_missing(code);
  const ErrorKind kind = may_pass ? ErrorKind::Unavailable : ErrorKind::Invalid;
  return Error(kind, format("kafka {}: {}", subject, explain(code, text)));
}

std::set<std::string> names_of(const rd_kafka_AclOperation_t* operations, std::size_t count) {
  std::set<std::string> names;
  for (const rd_kafka_AclOperation_t operation : std::span(operations, operations ? count : 0)) {
    std::string name = rd_kafka_AclOperation_name(operation);  // "READ"
    std::transform(name.begin() + 1, name.end(), name.begin() + 1, [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    names.insert(std::move(name));
  }
  return names;
}

TopicState state_of(const rd_kafka_TopicDescription_t& topic) {
  TopicState state;
  state.presence = TopicState::Presence::Present;
  if (const rd_kafka_Uuid_t* id = rd_kafka_TopicDescription_topic_id(&topic)) {
    state.id = rd_kafka_Uuid_base64str(id);
  }
  std::size_t count = 0;
  rd_kafka_TopicDescription_partitions(&topic, &count);
  state.partitions = static_cast<std::int32_t>(count);
  const auto* rights = rd_kafka_TopicDescription_authorized_operations(&topic, &count);
  state.rights = names_of(rights, count);
  return state;
}

}  // namespace

ClusterQuery::ClusterQuery(Client& client, std::stop_token stop)
    : client_(client),
      cluster_(format("cluster {}", client.cluster())),
      stop_(std::move(stop)),
      wake_(stop_, [queue = client.events()] { rd_kafka_queue_yield(queue); }) {}

Handle<rd_kafka_AdminOptions_t> ClusterQuery::options(rd_kafka_admin_op_t kind) {
  Handle<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(client_.handle(), kind));
  std::array<char, 128> message = {};
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(), kAnswerMs, message.data(), message.size());
  ++last_question_;
  rd_kafka_AdminOptions_set_opaque(options.get(),
                                   reinterpret_cast<void*>(last_question_));  // NOLINT
  return options;
}

Result<Handle<rd_kafka_event_t>> ClusterQuery::ask(rd_kafka_admin_op_t kind,
                                                   const std::string& subject,
                                                   const Ask& send) {
  const auto asked = options(kind);
  if (kind == RD_KAFKA_ADMIN_OP_LISTOFFSETS) {
    const Handle<rd_kafka_error_t> error(rd_kafka_AdminOptions_set_isolation_level(
        asked.get(), RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED));
  }
  if (kind == RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS) {
    const Handle<rd_kafka_error_t> error(
        rd_kafka_AdminOptions_set_require_stable_offsets(asked.get(), 1));
  }
  if (std::exchange(asks_for_rights_, false)) {
    const Handle<rd_kafka_error_t> error(
        rd_kafka_AdminOptions_set_include_authorized_operations(asked.get(), 1));
  }
  send(asked.get(), client_.events());
  // A question about a group is lost without an answer when its broker was one of the configured
  // addresses that the client replaces by what the cluster says (librdkafka 2.14.2).
  const SystemClock clock;
  const auto deadline = clock.monotonic_now() + kPatience;
  while (!stop_.stop_requested()) {
    if (clock.monotonic_now() > deadline) {
      return Error(ErrorKind::Unavailable, format("kafka {}: a question had no answer", subject));
    }
    Handle<rd_kafka_event_t> event(rd_kafka_queue_poll(client_.events(), kSliceMs));
    if (!event) continue;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      if (auto error = client_.observe(event.get())) {
        return Error(ErrorKind::Invalid, error->message());
      }
      continue;
    }
    if (rd_kafka_event_opaque(event.get()) != reinterpret_cast<void*>(last_question_)) {  // NOLINT
      continue;
    }
    if (const auto code = rd_kafka_event_error(event.get())) {
      if (const auto cause = client_.refusal(); cause && is_passing(code)) return *cause;
      return refusal(code, subject, rd_kafka_event_error_string(event.get()));
    }
    client_.mark_reachable();
    return event;
  }
  return Error(ErrorKind::Unavailable, "stopped");
}

Status ClusterQuery::wait(std::chrono::milliseconds time) {
  // The queue's own wait is the clock: it is counted down in slices.
  for (auto left = time.count(); left > 0 && !stop_.stop_requested(); left -= kSliceMs) {
    const Handle<rd_kafka_event_t> event(rd_kafka_queue_poll(client_.events(), kSliceMs));
    if (!event || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    if (auto error = client_.observe(event.get())) return *std::move(error);
    if (client_.trouble()) return Done{};
  }
  return Done{};
}

Result<std::vector<std::string>> ClusterQuery::topics() {
  const rd_kafka_metadata_t* list = nullptr;
  const auto code = rd_kafka_metadata(client_.handle(), 1, nullptr, &list, kListMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return refusal(code, cluster_, rd_kafka_err2str(code));
  }
  const Handle<const rd_kafka_metadata_t> owner(list);
  std::vector<std::string> names;
  for (const auto& topic : std::span(list->topics, static_cast<std::size_t>(list->topic_cnt))) {
    const std::string_view name = topic.topic;
    if (!name.starts_with("__")) names.emplace_back(name);
  }
  return names;
}

Result<std::map<std::string, TopicState>> ClusterQuery::describe(
    const std::vector<std::string>& names) {
  std::map<std::string, TopicState> states;
  if (names.empty()) return states;
  std::vector<const char*> texts;
  for (const std::string& name : names)
    texts.push_back(name.c_str());
  const Handle<rd_kafka_TopicCollection_t> topics(
      rd_kafka_TopicCollection_of_topic_names(texts.data(), texts.size()));
  TRY(auto event, ask(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, cluster_, [&](auto* asked, auto* queue) {
        rd_kafka_DescribeTopics(client_.handle(), topics.get(), asked, queue);
      }));
  std::size_t count = 0;
  const auto** described = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  for (const auto* topic : std::span(described, count)) {
    const std::string name = rd_kafka_TopicDescription_name(topic);
    const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(topic);
    const auto code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      states[name] = state_of(*topic);
    } else if (is_missing(code)) {
      states[name].presence = TopicState::Presence::Missing;
    } else if (is_passing(code)) {
      states[name].presence = TopicState::Presence::NotNow;
    } else {
      return refusal(code, "topic " + name, rd_kafka_error_string(error));
    }
  }
  return states;
}

Result<std::map<std::string, TopicState>> ClusterQuery::describe_with_rights(
    const std::vector<std::string>& names) {
  asks_for_rights_ = true;
  return describe(names);
}

Result<std::vector<std::string>> ClusterQuery::missing(const std::vector<std::string>& names,
                                                       std::chrono::milliseconds patience) {
  const SystemClock clock;
  const auto deadline = clock.monotonic_now() + patience;
  while (true) {
    TRY(const auto states, describe(names));
    std::vector<std::string> missing;
    for (const auto& [name, state] : states) {
      if (state.presence == TopicState::Presence::Missing) missing.push_back(name);
    }
    if (missing.empty() || clock.monotonic_now() > deadline) return missing;
    TRY_DO(wait(kAskAgainAfter));
  }
}

Result<ClusterState> ClusterQuery::describe_cluster() {
  asks_for_rights_ = true;
  TRY(auto event, ask(RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER, cluster_, [&](auto* asked, auto* queue) {
        rd_kafka_DescribeCluster(client_.handle(), asked, queue);
      }));
  const auto* result = rd_kafka_event_DescribeCluster_result(event.get());
  ClusterState state;
  rd_kafka_DescribeCluster_result_nodes(result, &state.brokers);
  std::size_t count = 0;
  const auto* rights = rd_kafka_DescribeCluster_result_authorized_operations(result, &count);
  state.rights = names_of(rights, count);
  return state;
}

Result<std::set<std::string>> ClusterQuery::rights_to_group(const std::string& group) {
  asks_for_rights_ = true;
  const char* name = group.c_str();
  const std::string subject = "group " + group;
  TRY(auto event,
      ask(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, subject, [&](auto* asked, auto* queue) {
        rd_kafka_DescribeConsumerGroups(client_.handle(), &name, 1, asked, queue);
      }));
  std::size_t count = 0;
  const auto** groups = rd_kafka_DescribeConsumerGroups_result_groups(
      rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
  std::set<std::string> rights;
  for (const auto* described : std::span(groups, count)) {
    if (const auto* error = rd_kafka_ConsumerGroupDescription_error(described)) {
      return refusal(rd_kafka_error_code(error), subject, rd_kafka_error_string(error));
    }
    std::size_t operations = 0;
    const auto* allowed =
        rd_kafka_ConsumerGroupDescription_authorized_operations(described, &operations);
    rights.merge(names_of(allowed, operations));
  }
  return rights;
}

Result<std::optional<std::int64_t>> ClusterQuery::newest(const std::vector<Partition>& partitions) {
  std::optional<std::int64_t> newest;
  if (partitions.empty()) return newest;
  const Partitions list = list_of(partitions);
  for (auto& it : std::span(list->elems, static_cast<std::size_t>(list->cnt)))
    it.offset = RD_KAFKA_OFFSET_SPEC_MAX_TIMESTAMP;
  TRY(auto event, ask(RD_KAFKA_ADMIN_OP_LISTOFFSETS, cluster_, [&](auto* asked, auto* queue) {
        rd_kafka_ListOffsets(client_.handle(), list.get(), asked, queue);
      }));
  std::size_t count = 0;
  const auto** answers =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  for (const auto* answer : std::span(answers, count)) {
    const std::int64_t time = rd_kafka_ListOffsetsResultInfo_timestamp(answer);
    if (time >= 0) newest = std::max(newest.value_or(time), time);
  }
  return newest;
}

Result<Offsets> ClusterQuery::committed(const std::string& group,
                                        const std::vector<Partition>& partitions) {
  TRY(const auto all, list_committed(group, list_of(partitions).get()));
  Offsets offsets;
  for (const auto& [partition, found] : all) {
    TRY(const auto stamp, read_stamp(found.metadata));
    if (!stamp || !stamp->is_marker) offsets[partition] = found.offset;
  }
  return offsets;
}

Result<std::map<Partition, CommittedOffset>> ClusterQuery::all_committed(const std::string& group) {
  return list_committed(group, nullptr);
}

Result<std::map<Partition, CommittedOffset>> ClusterQuery::list_committed(
    const std::string& group, const rd_kafka_topic_partition_list_t* partitions) {
  Handle<rd_kafka_ListConsumerGroupOffsets_t> request(
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), partitions));
  rd_kafka_ListConsumerGroupOffsets_t* requests = request.get();
  TRY(auto event,
      ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
          "group " + group,
          [&](auto* asked, auto* queue) {
            rd_kafka_ListConsumerGroupOffsets(client_.handle(), &requests, 1, asked, queue);
          }));
  std::size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  std::map<Partition, CommittedOffset> offsets;
  for (const auto* result : std::span(groups, count)) {
    if (const auto* error = rd_kafka_group_result_error(result)) {
      return refusal(rd_kafka_error_code(error), "group " + group, rd_kafka_error_string(error));
    }
    for (const auto& it : elements(rd_kafka_group_result_partitions(result))) {
      if (it.err) {
        return refusal(
            it.err, format("partition {}/{}", it.topic, it.partition), rd_kafka_err2str(it.err));
      }
      if (it.offset < 0) continue;
      offsets[{it.topic, it.partition}] = {
          it.offset, {static_cast<const char*>(it.metadata), it.metadata_size}};
    }
  }
  return offsets;
}

Result<Offsets> ClusterQuery::offsets(const std::map<Partition, std::int64_t>& wanted) {
  Offsets offsets;
  if (wanted.empty()) return offsets;
  const Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(wanted.size())));
  for (const auto& [partition, specification] : wanted) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)
        ->offset = specification;
  }
  TRY(auto event, ask(RD_KAFKA_ADMIN_OP_LISTOFFSETS, cluster_, [&](auto* asked, auto* queue) {
        rd_kafka_ListOffsets(client_.handle(), list.get(), asked, queue);
      }));
  std::size_t count = 0;
  const auto** answers =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  for (const auto* answer : std::span(answers, count)) {
    const auto* it = rd_kafka_ListOffsetsResultInfo_topic_partition(answer);
    if (it->err) {
      return refusal(
          it->err, format("partition {}/{}", it->topic, it->partition), rd_kafka_err2str(it->err));
    }
    offsets[{it->topic, it->partition}] = it->offset;
  }
  return offsets;
}

}  // namespace weir::kafka
