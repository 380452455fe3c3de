#include "connectors/kafka/transaction.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stop_token>
#include <unistd.h>
#include <utility>

#include "base/clock.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "connectors/kafka/cluster_query.h"

namespace weir::kafka {
namespace {

constexpr auto kAskAtMost = std::chrono::seconds(20);
constexpr auto kAskAgainAfter = std::chrono::milliseconds(500);

// Names this start of this process to whoever reads the group's offsets.
std::string name_of_run() {
  std::array<char, 64> host = {};
  gethostname(host.data(), host.size() - 1);
  return format(
      "{}/{}/{}", host.data(), getpid(), SystemClock().wall_now().time_since_epoch().count());
}

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
                                   std::shared_ptr<TransactionGate> gate,
                                   const Log& log)
    : options_(std::move(options)), gate_(std::move(gate)), log_(log), run_(name_of_run()) {}

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
  // Both ids are fenced before anything is read: what an earlier run has left open is decided then.
  TRY(Producer with_a, take_over('a'));
  TRY(Producer with_b, take_over('b'));
  TRY(GroupState group, ask_group());
  TRY_DO(check_owner(group.last));

  // A last request of the earlier run may still be on its way, so its id is the worse choice.
  id_ = group.last ? other(group.last->id) : 'a';
  Producer chosen = id_ == 'a' ? std::move(with_a) : std::move(with_b);
  TRY_DO(chosen->begin());
  producer_ = std::move(chosen);
  stamped_ = std::move(group.stamped);
  known_ = group.last;
  has_recovered_ = true;
  gate_->begin_life(producer_);

  Recovered recovered;
  if (group.last) recovered.epoch = group.last->epoch;
  recovered.positions = std::move(group.positions);
  return recovered;
}

Result<KafkaTransaction::Producer> KafkaTransaction::take_over(char id) const {
  const std::string name = format("weir-{}-{}", options_.job, id);
  TRY(Producer producer, TransactionalProducer::open(options_.cluster, name, options_.own, log_));
  TRY_DO(producer->take_over());
  return producer;
}

// The stable offsets: those of an open transaction are not, but none of ours is open any more.
// Asked by a consumer: a producer that asks while the group's coordinator is loading takes the
// process down (librdkafka 2.14.2 looks for the consumer group of its own).
Result<GroupState> KafkaTransaction::ask_group() const {
  TRY(const auto consumer,
      Client::open(Role::Consumer, options_.cluster, {{"group.id", options_.job}}, log_));
  ClusterQuery query(*consumer, std::stop_token());
  const SystemClock clock;
  const auto deadline = clock.monotonic_now() + kAskAtMost;
  while (true) {
    const auto committed = query.all_committed(options_.job);
    if (committed) return read_group(*committed, options_.sources);
    const bool may_pass = committed.error().kind() == ErrorKind::Unavailable;
    if (!may_pass || clock.monotonic_now() > deadline) return committed.error();
    TRY_DO(query.wait(kAskAgainAfter));
  }
}

// Only who ran the job before can tell: an epoch that it has not committed.
Status KafkaTransaction::check_owner(const std::optional<EpochStamp>& last) const {
  if (!has_recovered_ || !last || last->run == run_) return Done{};
  if (known_ && known_->epoch == last->epoch) return Done{};
  return Error(ErrorKind::Invalid,
               format("job {} was taken over: epoch {} was committed by {}, this is {}",
                      options_.job,
                      last->epoch,
                      last->run,
                      run_));
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
  const auto offsets = offsets_of(epoch, positions);
  TRY_DO(producer_->add_offsets(options_.job, offsets.get()));
  WEIR_CRASH_POINT("kafka.offsets_added");
  TRY_DO(producer_->commit());
  known_ = EpochStamp{epoch, id_, run_};
  if (const auto unanswered = producer_->unanswered(); unanswered && options_.changes_id) {
    TRY_DO(change_id(*unanswered).during("change the transactional id"));
  }
  return producer_->begin();
}

// All that ever carried a stamp, with this epoch's. Others' positions are not the cluster's.
Handle<rd_kafka_topic_partition_list_t> KafkaTransaction::offsets_of(
    std::uint64_t epoch, const std::vector<SourcePositions>& positions) {
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
  if (marker_) stamped_[*marker_] = {static_cast<std::int64_t>(epoch), true};

  EpochStamp stamp{epoch, id_, run_};
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
