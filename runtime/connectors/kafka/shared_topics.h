#pragma once

#include <span>
#include <vector>

#include "connectors/connector.h"

namespace weir::kafka {

// Topics that more than one source port of a job reads: the ports commit for one group, so each
// would overwrite the positions of the other. Two different patterns are not compared: what they
// match is known only to the cluster.
std::vector<PortMistake> find_shared_topics(std::span<const PortRequest> sources);

}  // namespace weir::kafka
