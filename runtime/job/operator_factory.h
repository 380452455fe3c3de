#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "flow/operator.h"
#include "job/job_code.h"
#include "model/key.h"

namespace weir {

// One operator of a job on one worker. All of it outlives the operator.
struct OperatorPlace {
  const OperatorDescription& description;
  const weir_functions* functions;  // Null for kinds without.
  std::vector<const RecordSchema*> inputs;
  KeySchema key;            // Of its rows.
  KeyGroupRange groups;     // Those of the worker.
  bool is_durable = false;  // Whether its state is collected at barriers.
};

// The host's side of an operator; for all kinds but sources and sinks. An error names it.
Result<std::unique_ptr<Operator>> make_operator(const OperatorPlace& place);

}  // namespace weir
