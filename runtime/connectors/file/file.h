#pragma once

#include <memory>

#include "base/clock.h"
#include "connectors/connector.h"

namespace weir {

// The connector `file`: lines of text as messages, read from one or many files and written to one
// or, with rotation, many. `clock` outlives the connector and all it opened.
std::unique_ptr<Connector> make_file_connector(const Clock& clock);

}  // namespace weir
