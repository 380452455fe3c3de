// What a port of a job is connected to: `[job.source.UID]` and the like. Inside this folder only.
#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <string>

#include "config/load_context.h"
#include "config/spec.h"
#include "connectors/connector.h"

namespace weir {

struct PortConnection {
  std::string connector;
  std::filesystem::path connector_plugin;
  PortRequest request;
  Delivery delivery = Delivery::AtLeastOnce;  // Of a sink.
  bool writes_headers = true;                 // A sink; true when nothing is known of it.
};

// One use of a connector as the table of `reader` describes it. The caller has asked for (or made
// known) the keys of its own before; whatever is left must be an option of the connector.
PortConnection read_connection(TableReader& reader,
                               PortDirection direction,
                               PortRequest request,
                               LoadContext& context);

// Whether the transactional sinks of the job that was just read fit together, and its epochs fit
// them; forgets them.
void check_transaction(TableReader& job, std::chrono::milliseconds epoch, LoadContext& context);

// What connectors find wrong with the sources of one job together; a reader for each of them.
void check_together(std::span<const SourceSpec> sources,
                    std::span<TableReader> readers,
                    LoadContext& context);

}  // namespace weir
