#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "connectors/connector.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/transaction.h"

namespace weir::kafka {

// What takes part in a job's transaction.
struct TransactionPlan {
  KafkaTransaction::Options transaction;
  std::vector<SinkSettings> sinks;
  std::vector<bool> has_positions;  // By source.
};

// See Connector::check_transaction.
std::vector<std::pair<std::size_t, OptionMistake>> check_clusters(
    std::span<const PortRequest> sinks);

// See Connector::check_epoch. A transaction is open from the end of one epoch's commit to that of
// the next, so at most half of its time may go to waiting for the barrier.
std::optional<std::string> check_epoch(std::span<const PortRequest> sinks,
                                       std::chrono::milliseconds epoch);

// Sinks of several clusters are an error: a transaction is within one. Sources of others stay out
// of it.
Result<TransactionPlan> plan_transaction(std::span<const PortRequest> sinks,
                                         std::span<const PortRequest> sources);

Connector::TransactionalPorts open_planned(TransactionPlan plan, JobOwner& owner, const Log& log);

}  // namespace weir::kafka
