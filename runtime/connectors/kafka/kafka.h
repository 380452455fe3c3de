#pragma once

#include <memory>

#include "base/log.h"
#include "connectors/connector.h"

namespace weir {

// The connector `kafka`: topics of Apache Kafka, or of anything that speaks its protocol, as
// sources and as sinks. Its log lines name the job.
std::unique_ptr<Connector> make_kafka_connector(const Log& log);

}  // namespace weir
