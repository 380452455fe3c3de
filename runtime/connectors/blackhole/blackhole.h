#pragma once

#include <memory>

#include "connectors/connector.h"

namespace weir {

// The connector `blackhole`: a sink that takes everything and keeps nothing. What it takes is
// counted where the rows of every sink are: in the job's status and metrics.
std::unique_ptr<Connector> make_blackhole_connector();

}  // namespace weir
