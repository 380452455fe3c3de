#pragma once

#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "base/error.h"

namespace weir::kafka {

// Whether trouble goes away without anyone doing anything but the cluster.
bool is_passing(rd_kafka_resp_err_t code);

// Whether something is not there at all: a topic, a partition.
bool is_missing(rd_kafka_resp_err_t code);

// Whether records that were to be read next are gone: deleted, or lost with a broker.
bool is_loss(rd_kafka_resp_err_t code);

// Whether we lack a right.
bool is_refusal(rd_kafka_resp_err_t code);

// Unavailable: may work later, or after a new start. Anything else stays as it is until somebody
// changes the job, the topic or the cluster.
ErrorKind kind_of(rd_kafka_resp_err_t code);

// The cause in words that say what to do, with the client's own text.
std::string explain(rd_kafka_resp_err_t code, std::string_view text);

}  // namespace weir::kafka
