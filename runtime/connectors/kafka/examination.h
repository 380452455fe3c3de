#pragma once

#include <span>
#include <vector>

#include "base/log.h"
#include "connectors/connector.h"
#include "connectors/finding.h"

namespace weir::kafka {

// See Connector::examine: cluster by cluster, what the ports of one job need of it. Asks, and
// writes nothing but the transactional id `weir-JOB-doctor`.
std::vector<Finding> examine_clusters(std::span<const PortRequest> sources,
                                      std::span<const PortRequest> sinks,
                                      const Log& log);

}  // namespace weir::kafka
