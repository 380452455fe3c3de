#include "connectors/kafka/transaction.h"

#include <algorithm>
#include <cstring>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "connectors/kafka/cluster_query.h"

namespace weir::kafka {
namespace {

constexpr auto kAskAtMost = std::chrono::seconds(20);
constexpr auto kAskAgainAfter = std::chrono::milliseconds(500);

char other(char id) {
  return id == 'a' ? 'b' : 'a';
}

void add_offset(rd_kafka_topic_partition_list_t* list,
                const Partition& partition,
                std::int64_t offset,
                const std::string& metadata) {
  rd_kafka_topic_partition_t* added =
      rd_kafka_topic_partition_list_add(list, partition.topic.c_str(), partition.number);
  added->offset = offset;
  added->metadata = strdup(metadata.c_str());  // The list frees it.
  added->metadata_size = metadata.size();
}

}  // namespace

KafkaTransaction::KafkaTransaction(Options options,
                                   JobOwner& owner,
                                   std::shared_ptr<TransactionGate> gate,
                                   const Log& log)
    : options_(std::move(options)), gate_(std::move(gate)), log_(log), owner_(owner) {}

KafkaTransaction::~KafkaTransaction() {
  abandon();
}

void KafkaTransaction::abandon() {
  gate_->close();
  producer_.reset();
}

Result<EpochTransaction::Recovered> KafkaTransaction::recover() {
  abandon();
  TRY(marker_, marker_of(options_.topics, options_.sources));
  // Asked by a consumer: a producer that asks while the group's coordinator is loading takes the
  // process down (librdkafka 2.14.2 looks for the consumer group of its own).
  TRY(const auto consumer,
      Client::open(Role::Consumer, options_.cluster, {{"group.id", options_.job}}, log_));
  // Who has lost the job must not shut its new owner out.
  if (owner_.has_claimed) {
    TRY(const GroupState group, ask_group(*consumer));
    TRY_DO(check_owner(group.last));
  }
  TRY_DO(check_topics(*consumer));
  // Both ids are fenced before anything is read: what an earlier run has left open is decided then.
  TRY(Producer with_a, take_over('a'));
  WEIR_CRASH_POINT("recovery.half-taken-over");
  TRY(Producer with_b, take_over('b'));
  TRY(GroupState group, ask_group(*consumer));
  TRY_DO(check_owner(group.last));

  // A last request of the earlier run may still be on its way, so its id is the worse choice.
  id_ = group.last ? other(group.last->id) : 'a';
  producer_ = id_ == 'a' ? std::move(with_a) : std::move(with_b);
  stamped_ = std::move(group.stamped);
  recovered_ = group.last ? group.last->epoch : 0;
  recovered_of_ = group.last ? group.last->run : owner_.name;

  Recovered recovered;
  if (recovered_ > 0) {
    recovered.epoch = recovered_;
    recovered.committed_by = recovered_of_;
  }
  recovered.positions = std::move(group.positions);
  return recovered;
}

Status KafkaTransaction::claim() {
  if (!producer_) return Error(ErrorKind::Unavailable, "no transactional id is taken over");
  Status outcome = claim_open();
  if (!outcome) {
    abandon();
    return std::move(outcome).during("claim the job");
  }
  owner_.has_claimed = true;
  gate_->begin_life(producer_);
  return Done{};
}

// Where there is neither a marker nor a position, the first epoch's commit is the claim.
Status KafkaTransaction::claim_open() {
  TRY_DO(producer_->begin());
  if (!marker_ && stamped_.empty()) return Done{};
  return commit_offsets(recovered_, recovered_of_);
}

Result<KafkaTransaction::Producer> KafkaTransaction::take_over(char id) const {
  const std::string name = format("weir-{}-{}", options_.job, id);
  TRY(Producer producer,
      TransactionalProducer::open(options_.cluster, name, options_.own, log_, owner_.gives_up));
  TRY_DO(producer->take_over());
  return producer;
}

// The stable offsets: those of an open transaction are not.
Result<GroupState> KafkaTransaction::ask_group(Client& consumer) const {
  ClusterQuery query(consumer, owner_.gives_up);
  const SystemClock clock;
  const auto deadline = clock.monotonic_now() + kAskAtMost;
  while (true) {
    const auto committed = query.all_committed(options_.job);
    if (committed) return read_group(*committed, options_.sources);
    const bool may_pass =
        committed.error().kind() == ErrorKind::Unavailable && !owner_.gives_up.stop_requested();
    if (!may_pass || clock.monotonic_now() > deadline) return committed.error();
    TRY_DO(query.wait(kAskAgainAfter));
  }
}

// Who has never had the job takes it from whomever it finds.
Status KafkaTransaction::check_owner(const std::optional<EpochStamp>& last) const {
  if (!owner_.has_claimed || !last || last->owner == owner_.name) return Done{};
  return Error(
      ErrorKind::Invalid,
      format("job {} was taken over by another host: {} has it since epoch {}, this is {}; "
             "a job runs on one host at a time",
             options_.job,
             last->owner,
             last->epoch,
             owner_.name));
}

// A transaction would wait for a topic that is not there until its time is over.
Status KafkaTransaction::check_topics(Client& consumer) const {
  ClusterQuery query(consumer, owner_.gives_up);
  TRY(const auto missing, query.missing(options_.topics, topic_patience(options_.cluster)));
  if (missing.empty()) return Done{};
  return Error(
      ErrorKind::NotFound,
      format(
          "kafka topic {} of cluster {} does not exist", missing.front(), options_.cluster.name));
}

Status KafkaTransaction::flush(std::uint64_t epoch) {
  if (!producer_) return Error(ErrorKind::Unavailable, "no transaction is open");
  gate_->close();
  Status outcome = producer_->flush();
  if (outcome) return Done{};
  abandon();
  return std::move(outcome).during(format("flush epoch {}", epoch));
}

Status KafkaTransaction::commit(std::uint64_t epoch,
                                const std::vector<SourcePositions>& positions) {
  if (!producer_) return Error(ErrorKind::Unavailable, "no transaction is open");
  gate_->close();
  Status outcome = commit_open(epoch, positions);
  if (outcome) {
    gate_->open_after(epoch, producer_);
    return Done{};
  }
  abandon();
  return std::move(outcome).during(format("commit epoch {}", epoch));
}

Status KafkaTransaction::commit_open(std::uint64_t epoch,
                                     const std::vector<SourcePositions>& positions) {
  note_positions(positions);
  return commit_offsets(epoch, owner_.name);
}

Status KafkaTransaction::commit_offsets(std::uint64_t epoch, const std::string& committed_by) {
  const auto offsets = stamp_all(epoch, committed_by);
  TRY_DO(producer_->add_offsets(options_.job, offsets.get()));
  WEIR_CRASH_POINT("kafka.offsets_added");
  TRY_DO(producer_->commit());
  WEIR_CRASH_POINT("kafka.committed");
  if (const auto unanswered = producer_->unanswered(); unanswered && options_.changes_id) {
    TRY_DO(change_id(*unanswered).during("change the transactional id"));
  }
  return producer_->begin();
}

// Others' positions are not the cluster's.
void KafkaTransaction::note_positions(const std::vector<SourcePositions>& positions) {
  for (const SourcePositions& of_source : positions) {
    const bool is_ours = std::any_of(
        options_.sources.begin(), options_.sources.end(), [&](const SourceSettings& source) {
          return source.port == of_source.source;
        });
    for (const SplitPosition& position : of_source.positions) {
      const auto partition = partition_of(position.split);
      if (is_ours && partition) stamped_[*partition] = {position.position, false};
    }
  }
}

// All that ever carried a stamp, with this epoch's.
Handle<rd_kafka_topic_partition_list_t> KafkaTransaction::stamp_all(
    std::uint64_t epoch, const std::string& committed_by) {
  if (marker_) stamped_[*marker_] = {static_cast<std::int64_t>(epoch), true};

  EpochStamp stamp{
      .epoch = epoch, .id = id_, .run = committed_by, .owner = owner_.name, .is_marker = false};
  const std::string for_positions = text_of(stamp);
  stamp.is_marker = true;
  const std::string for_markers = text_of(stamp);
  Handle<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(stamped_.size())));
  for (const auto& [partition, it] : stamped_) {
    add_offset(list.get(), partition, it.offset, it.is_marker ? for_markers : for_positions);
  }
  return list;
}

// The epoch before is committed, and nothing is open.
Status KafkaTransaction::change_id(std::string_view unanswered) {
  producer_.reset();
  TRY_DO(take_over(id_));
  id_ = other(id_);
  TRY(producer_, take_over(id_));
  log_.warning("a request had no answer ({}): going on as {}", unanswered, producer_->id());
  return Done{};
}

}  // namespace weir::kafka
