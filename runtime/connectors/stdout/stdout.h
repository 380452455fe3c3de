#pragma once

#include <memory>

#include "connectors/connector.h"

namespace weir {

// The connector `stdout`: a sink that writes each message as a line to `descriptor`, which stays
// open longer than the connector. Lines of different sinks and workers never mix. The process must
// ignore SIGPIPE.
std::unique_ptr<Connector> make_stdout_connector(int descriptor = 1);

}  // namespace weir
