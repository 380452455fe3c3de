#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// How rows get from one stage to the next.
enum class EdgeKind : std::uint8_t {
  Forward,  // To the task on the same worker.
  Keyed,    // To the worker that owns the key.
};

struct StageInput {
  std::size_t stage;  // Where the rows come from.
  std::size_t port;   // Of the stage's first operator.
  EdgeKind kind;
};

// What runs as one task on each worker: operators that hand batches to each other directly.
// Operators are indexes into the job's description.
struct StagePlan {
  std::vector<std::size_t> operators;  // In order. The first is the head, unless it is stateless.
  std::vector<std::size_t> sinks;      // Behind the last operator.
  std::vector<StageInput> inputs;      // None: the head is a source.
  std::size_t leading_filters = 0;     // Sources: filters right behind the head.
};

// A job's graph cut into stages: a new one starts at every source, keyed operator and union, and
// behind every operator with several users. Stages come before those that they feed. A value.
struct Plan {
  std::vector<StagePlan> stages;

  // The stage that feeds others or sinks with what `stage` makes, and on which input of theirs.
  struct Use {
    std::size_t stage;
    std::size_t input;  // Index into its inputs.
  };
  std::vector<Use> uses_of(std::size_t stage) const;
};

// Invalid when an operator's inputs do not fit its kind.
Result<Plan> make_plan(const JobDescription& job);

bool is_keyed_kind(OperatorKind kind);

}  // namespace weir
