#include "replay.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "connectors/options.h"

namespace weir {
namespace {

using Records = std::vector<const SetAside*>;

constexpr std::chrono::milliseconds kTurn(10);
constexpr std::size_t kMarkedTogether = 100;

std::string origin_of(const SetAside& record) {
  return format("{}/{}@{}", *record.topic, record.partition, record.offset);
}

Status pause(Interrupts& interrupts) {
  if (interrupts.wait_for(kTurn)) return Error(ErrorKind::Unavailable, "interrupted");
  return Done{};
}

Status write(const SetAside& record, SinkWriter& writer, Interrupts& interrupts) {
  const std::string origin = origin_of(record);
  const std::array<std::pair<std::string_view, std::string_view>, 2> headers = {
      {{"weir.replayed", origin}, {"weir.reason", record.reason}}};
  OutMessage message;
  message.key = record.key;
  message.value = *record.value;
  message.timestamp = record.timestamp.value_or(-1);
  message.headers = headers;
  while (true) {
    TRY(const std::size_t taken, writer.write({&message, 1}));
    if (taken == 1) return Done{};
    TRY_DO(pause(interrupts));
  }
}

// A few at a time, so that a replay that is cut off leaves few of which nobody knows.
template <class Send>
Status send_in_parts(const Records& records, const Send& send) {
  for (std::size_t first = 0; first < records.size(); first += kMarkedTogether) {
    const std::size_t count = std::min(kMarkedTogether, records.size() - first);
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
    TRY_DO(send(Records(begin, begin + static_cast<std::ptrdiff_t>(count))));
  }
  return Done{};
}

// Why a record cannot be sent; empty: it can.
std::string obstacle(const SetAside& record) {
  if (!record.topic) return "no record of a source: a window, or a row that a window made";
  if (!record.value) return "has no bytes";
  if (record.value_size) {
    return format("only {} of {} bytes were kept", record.value->size(), *record.value_size);
  }
  return {};
}

// Takes out what is not to be sent, and counts it.
Records take_wanted(const Records& records,
                    const ReplayRequest& request,
                    const ReplayJournal& journal,
                    ReplayResult& result) {
  Records wanted;
  for (const SetAside* record : records) {
    const ReplayMark mark = request.is_again ? ReplayMark::None : journal.mark_of(record->id);
    if (mark == ReplayMark::None) wanted.push_back(record);
    if (mark == ReplayMark::Sent) ++result.sent_before;
    if (mark == ReplayMark::Sending) ++result.uncertain;
  }
  return wanted;
}

Status replay_to_file(const ReplayRequest& request,
                      const Records& records,
                      ReplayJournal& journal,
                      const Connector& files,
                      Interrupts& interrupts) {
  PortRequest port{.job = request.job.name, .port = "replay", .options = {}, .clusters = {}};
  port.options["path"] = std::filesystem::absolute(request.to_file).string();
  TRY(auto sink, files.open_sink(port));
  TRY(auto writers, sink->open_writers(1));
  SinkWriter& writer = *writers.front();
  return send_in_parts(records, [&](const Records& part) -> Status {
    TRY_DO(journal.mark(part, ReplayMark::Sending));
    for (const SetAside* record : part)
      TRY_DO(write(*record, writer, interrupts));
    while (true) {
      TRY(const Flush flushed, writer.flush());
      if (flushed == Flush::Complete) break;
      TRY_DO(pause(interrupts));
    }
    return journal.mark(part, ReplayMark::Sent);
  });
}

// The records that go to one Kafka cluster.
struct ClusterShare {
  std::string connector;
  std::map<std::string, PortRequest> sinks;  // By topic.
  Records records;
};

// By cluster.
Result<std::map<std::string, ClusterShare>> shares_of(const ReplayRequest& request,
                                                      const Records& records) {
  std::map<std::string, ClusterShare> shares;
  for (const SetAside* record : records) {
    const auto& sources = request.job.sources;
    const auto source = std::ranges::find(sources, record->source, &SourceSpec::uid);
    if (source == sources.end()) {
      return Error(ErrorKind::Invalid, "job has no source " + record->source);
    }
    if (source->connector != "kafka") {
      return Error(
          ErrorKind::Invalid,
          format("source {} reads from {}: say --to FILE", source->uid, source->connector));
    }
    PortRequest sink{.job = "replay-of-" + request.job.name,
                     .port = "replay",
                     .options = {},
                     .clusters = source->request.clusters};
    const auto cluster = find_option<std::string>(source->request.options, "cluster");
    if (cluster) sink.options["cluster"] = *cluster;
    sink.options["topic"] = *record->topic;
    sink.options["delivery"] = std::string("exactly-once");
    ClusterShare& share = shares[cluster.value_or("")];
    share.connector = source->connector;
    share.sinks.try_emplace(*record->topic, std::move(sink));
    share.records.push_back(record);
  }
  return shares;
}

// Sends to one cluster, a transaction for each part. Its epochs are numbered on from replay to
// replay, so that the next one can ask what the last one came to.
class TransactionalReplay final {
 public:
  static Result<std::unique_ptr<TransactionalReplay>> open(const Connector& connector,
                                                           const ClusterShare& share) {
    std::unique_ptr<TransactionalReplay> made(new TransactionalReplay);
    std::vector<PortRequest> requests;
    for (const auto& [topic, request] : share.sinks)
      requests.push_back(request);
    TRY(made->ports_, connector.open_transaction(requests, {}, made->owner_));
    std::size_t sink = 0;
    for (const auto& [topic, request] : share.sinks) {
      TRY(auto writers, made->ports_.sinks[sink++]->open_writers(1));
      made->writers_[topic] = std::move(writers.front());
    }
    return made;
  }

  // Shuts out what a replay that was cut off left behind. The last epoch that happened; none: it
  // was the first replay, or the cluster has forgotten the last one.
  Result<std::optional<std::uint64_t>> recover() {
    TRY(const auto recovered, ports_.transaction->recover());
    epoch_ = recovered.epoch.value_or(0);
    TRY_DO(ports_.transaction->claim());
    // So that from here on "none" means: forgotten.
    if (!recovered.epoch) TRY_DO(publish(next()));
    return recovered.epoch;
  }

  std::uint64_t next() const { return epoch_ + 1; }

  // As epoch next().
  Status send(const Records& records, Interrupts& interrupts) {
    for (const SetAside* record : records)
      TRY_DO(write(*record, *writers_.at(*record->topic), interrupts));
    return publish(next());
  }

 private:
  TransactionalReplay() = default;

  Status publish(std::uint64_t epoch) {
    for (const auto& [topic, writer] : writers_)
      writer->seal(epoch);
    TRY_DO(ports_.transaction->flush(epoch));
    TRY_DO(ports_.transaction->commit(epoch, {}));
    epoch_ = epoch;
    return Done{};
  }

  JobOwner owner_ = new_owner(SystemClock());  // Of the transaction.
  Connector::TransactionalPorts ports_;
  std::map<std::string, std::unique_ptr<SinkWriter>> writers_;  // By topic.
  std::uint64_t epoch_ = 0;
};

Status replay_to_cluster(const ReplayRequest& request,
                         const std::pair<const std::string, ClusterShare>& share,
                         ReplayJournal& journal,
                         HostConnectors& connectors,
                         Interrupts& interrupts,
                         ReplayResult& result) {
  const auto& [cluster, of_cluster] = share;
  const bool is_all_sent = std::ranges::all_of(of_cluster.records, [&](const SetAside* record) {
    return !request.is_again && journal.mark_of(record->id) == ReplayMark::Sent;
  });
  if (is_all_sent) {
    result.sent_before += of_cluster.records.size();
    return Done{};
  }
  TRY(const Connector* connector, connectors.find(of_cluster.connector, {}));
  TRY(const auto transaction, TransactionalReplay::open(*connector, of_cluster));
  TRY(const auto published, transaction->recover());
  if (published) TRY_DO(journal.settle(cluster, *published));
  WEIR_CRASH_POINT("replay.settled");
  const Records wanted = take_wanted(of_cluster.records, request, journal, result);
  return send_in_parts(wanted, [&](const Records& part) -> Status {
    TRY_DO(journal.mark(
        part, ReplayMark::Sending, ReplayEpoch{.cluster = cluster, .number = transaction->next()}));
    WEIR_CRASH_POINT("replay.marked");
    TRY_DO(transaction->send(part, interrupts));
    WEIR_CRASH_POINT("replay.published");
    TRY_DO(journal.mark(part, ReplayMark::Sent));
    WEIR_CRASH_POINT("replay.kept");
    result.sent += part.size();
    return Done{};
  });
}

}  // namespace

Result<ReplayResult> replay(const ReplayRequest& request,
                            ReplayJournal& journal,
                            HostConnectors& connectors,
                            Interrupts& interrupts) {
  ReplayResult result;
  Records possible;
  for (const SetAside* record : request.records) {
    const std::string why_not = obstacle(*record);
    if (why_not.empty()) {
      possible.push_back(record);
    } else {
      result.impossible.push_back(format("{}: {}", record->id, why_not));
    }
  }
  if (!request.to_file.empty()) {
    const Records wanted = take_wanted(possible, request, journal, result);
    if (wanted.empty()) return result;
    TRY(const Connector* files, connectors.find("file", {}));
    TRY_DO(replay_to_file(request, wanted, journal, *files, interrupts));
    result.sent = wanted.size();
    return result;
  }
  TRY(const auto shares, shares_of(request, possible));
  for (const auto& share : shares) {
    TRY_DO(replay_to_cluster(request, share, journal, connectors, interrupts, result));
  }
  return result;
}

}  // namespace weir
