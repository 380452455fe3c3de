#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crash/call_marker.h"
#include "flow/code_flip.h"
#include "flow/operator.h"
#include "flow/outlet.h"
#include "operators/meters.h"
#include "operators/side_streams.h"

namespace weir {

// One operator of a chain and what belongs to it. The schemas, one for each input port, and the
// meter outlive the chain.
struct ChainStep {
  std::string uid;
  std::unique_ptr<Operator> body;
  std::vector<const RecordSchema*> inputs;
  OperatorMeter* meter = nullptr;
  const CallSite* site = nullptr;  // What it is in reports of calls; null: it calls no plugin.
};

// Operators that run one behind the other in one task, a batch going through all of them in one
// go, and the ways out behind the last. Owned by a task. An error names the operator.
class Chain final {
 public:
  // `sides` and `marker`, its worker's, outlive the chain. There may be no step at all.
  Chain(std::vector<ChainStep> steps,
        std::vector<std::unique_ptr<Outlet>> outlets,
        SideStreams& sides,
        CallMarker& marker);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // Rows for the first step's input `port`.
  Status process(std::size_t port, RowBatch batch);

  // The watermark for the first step; the others keep no time. See Operator::advance.
  Result<Advance> advance(EventTime watermark);

  // See Operator. collect() adds one delta for each step; collect_more() writes to them until it
  // says true, and so may the other calls: until then they may not be moved.
  void collect(std::vector<OperatorDelta>& deltas);
  bool collect_more();
  Status restore(const OpenState& open_state);
  // Behind a barrier: each step takes its functions.
  void flip(const CodeFlip& flip, std::size_t worker);
  // Of the first step, if there is one.
  const std::string* first_uid() const;

  // Sends an item to all ways out, past the steps.
  void push(StreamItem item) { outlets_.push(std::move(item)); }

  // See Outlet::drain. Nothing may be given to the chain before it says true.
  Result<bool> drain() { return outlets_.drain(); }

 private:
  class Link;

  Outlets outlets_;
  SideStreams& sides_;
  CallMarker& marker_;
  std::shared_ptr<const BatchOrigin> origin_;  // Of the batch at hand.
  std::vector<std::unique_ptr<Link>> links_;
  std::optional<Error> failure_;  // Of a step behind the one that was called.
};

}  // namespace weir
