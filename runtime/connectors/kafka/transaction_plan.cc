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

Result<TransactionPlan> plan_transaction(std::span<const PortRequest> sinks,
                                         std::span<const PortRequest> sources) {
  CHECK(!sinks.empty());
  TransactionPlan plan;
  std::vector<OptionMistake> mistakes;
  std::optional<std::chrono::milliseconds> linger;
  for (const PortRequest& request : sinks) {
    SinkSettings sink = read_sink_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    if (plan.sinks.empty()) {
      plan.transaction.cluster = sink.cluster;
    } else if (sink.cluster.name != plan.transaction.cluster.name) {
      return Error(
          ErrorKind::Invalid,
          format("exactly-once sinks in the clusters {} and {}: a transaction is within one; set "
                 "delivery = \"at-least-once\" for the sinks of one of them",
                 plan.transaction.cluster.name,
                 sink.cluster.name));
    }
    if (sink.linger) linger = std::min(linger.value_or(*sink.linger), *sink.linger);
    plan.transaction.topics.push_back(sink.topic);
    plan.sinks.push_back(std::move(sink));
  }
  for (const PortRequest& request : sources) {
    SourceSettings source = read_source_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    if (source.cluster.name != plan.transaction.cluster.name) continue;
    plan.transaction.sources.push_back(std::move(source));
  }
  plan.transaction.job = sinks.front().job;
  if (linger) plan.transaction.own["linger.ms"] = std::to_string(linger->count());
  if (!plan.transaction.cluster.properties.contains("client.id")) {
    plan.transaction.own["client.id"] = format("weir-{}", plan.transaction.job);
  }
  return plan;
}

Connector::TransactionalPorts open_planned(TransactionPlan plan, const Log& log) {
  auto gate = std::make_shared<TransactionGate>();
  Connector::TransactionalPorts ports;
  for (SinkSettings& sink : plan.sinks) {
    ports.sinks.push_back(std::make_unique<TransactionalSink>(std::move(sink), gate));
  }
  const Log for_job = log.for_job(plan.transaction.job);
  ports.transaction =
      std::make_unique<KafkaTransaction>(std::move(plan.transaction), std::move(gate), for_job);
  return ports;
}

}  // namespace weir::kafka
