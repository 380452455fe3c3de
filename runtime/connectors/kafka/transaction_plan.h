#pragma once

#include <span>
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
};

// Sinks of several clusters are an error: a transaction is within one. Sources of others stay out
// of it.
Result<TransactionPlan> plan_transaction(std::span<const PortRequest> sinks,
                                         std::span<const PortRequest> sources);

Connector::TransactionalPorts open_planned(TransactionPlan plan, const Log& log);

}  // namespace weir::kafka
