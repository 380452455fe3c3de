#include "connectors/kafka/transaction_plan.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/format.h"
#include "connectors/kafka/transactional_sink.h"

namespace weir::kafka {

std::vector<std::pair<std::size_t, OptionMistake>> check_clusters(
    std::span<const PortRequest> sinks) {
  std::vector<std::pair<std::size_t, OptionMistake>> found;
  std::vector<OptionMistake> ignored;
  std::optional<std::string> first;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    const std::string cluster = read_sink_settings(sinks[i], ignored).cluster.name;
    if (!first) first = cluster;
    if (cluster == *first) continue;
    found.push_back({i,
                     {"cluster",
                      format("{}, while {} is in {}", cluster, sinks[0].port, *first),
                      format("{} like the job's other exactly-once sinks, as a transaction is "
                             "within one cluster, or delivery = \"at-least-once\"",
                             *first)}});
  }
  return found;
}

std::optional<std::string> check_epoch(std::span<const PortRequest> sinks,
                                       std::chrono::milliseconds epoch) {
  std::vector<OptionMistake> ignored;
  for (const PortRequest& sink : sinks) {
    const ClusterSpec cluster = read_sink_settings(sink, ignored).cluster;
    const std::chrono::milliseconds open_at_most = transaction_timeout(cluster);
    if (2 * epoch <= open_at_most) continue;
    return format(
        "at most {}ms, half the time that a transaction of sink {} may take; or in "
        "[kafka.{}.properties] \"transaction.timeout.ms\" = \"{}\" or more",
        open_at_most.count() / 2,
        sink.port,
        cluster.name,
        2 * epoch.count());
  }
  return std::nullopt;
}

Result<TransactionPlan> plan_transaction(std::span<const PortRequest> sinks,
                                         std::span<const PortRequest> sources) {
  CHECK(!sinks.empty());
  const auto split = check_clusters(sinks);
  if (!split.empty()) return error_of(split.front().second).during(sinks[split.front().first].port);
  TransactionPlan plan;
  std::vector<OptionMistake> mistakes;
  std::optional<std::chrono::milliseconds> linger;
  for (const PortRequest& request : sinks) {
    SinkSettings sink = read_sink_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    plan.transaction.cluster = sink.cluster;
    if (sink.linger) linger = std::min(linger.value_or(*sink.linger), *sink.linger);
    plan.transaction.topics.push_back(sink.topic);
    plan.sinks.push_back(std::move(sink));
  }
  for (const PortRequest& request : sources) {
    SourceSettings source = read_source_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    plan.has_positions.push_back(source.cluster.name == plan.transaction.cluster.name);
    if (!plan.has_positions.back()) continue;
    plan.transaction.sources.push_back(std::move(source));
  }
  plan.transaction.job = sinks.front().job;
  if (linger) plan.transaction.own["linger.ms"] = std::to_string(linger->count());
  if (!plan.transaction.cluster.properties.contains("client.id")) {
    plan.transaction.own["client.id"] = format("weir-{}", plan.transaction.job);
  }
  return plan;
}

Connector::TransactionalPorts open_planned(TransactionPlan plan, JobOwner& owner, const Log& log) {
  auto gate = std::make_shared<TransactionGate>();
  Connector::TransactionalPorts ports;
  for (SinkSettings& sink : plan.sinks) {
    ports.sinks.push_back(std::make_unique<TransactionalSink>(std::move(sink), gate));
  }
  const Log for_job = log.for_job(plan.transaction.job);
  ports.has_positions = std::move(plan.has_positions);
  ports.transaction = std::make_unique<KafkaTransaction>(
      std::move(plan.transaction), owner, std::move(gate), for_job);
  return ports;
}

}  // namespace weir::kafka
