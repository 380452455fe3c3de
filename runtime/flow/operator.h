// The port between a task and an operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "model/event_time.h"
#include "model/row_batch.h"
#include "state/state_delta.h"

struct weir_functions;  // weir/abi.h

namespace weir {

// Why a row did not go on. Names of the side streams in jobs.toml.
enum class SideStream : std::uint8_t { Filtered, Unnatural, Late, Timing, Errors };

// Where an operator's results go. Owned by the task, used on its worker thread only, during a call
// of the operator.
class Output {
 public:
  virtual ~Output() = default;

  // Hands on rows of the operator's output record. Always takes them; whoever calls operators stops
  // calling while the way on is full.
  virtual void emit(RowBatch batch) = 0;

  // Sets rows of the operator's input `port` aside: Filtered or Late. Counts them.
  virtual void divert(SideStream stream, std::size_t port, const RowBatch& rows) = 0;

  // Sets one row of input `port` aside with the reason a plugin gave. Counts it. Fails when the
  // job's on_error says stop.
  virtual Status reject(std::size_t port,
                        const RowBatch& rows,
                        std::size_t row,
                        std::string_view reason) = 0;

  // Reports that a plugin refused the window of one key; its rows are gone. Counts one error. Fails
  // when the job's on_error says stop. `key` is in the encoding of weir_key.
  virtual Status reject_window(std::string_view key,
                               WindowBounds window,
                               std::string_view reason) = 0;
};

// Whether an operator has more to emit for the watermark it was given.
enum class Advance : std::uint8_t {
  Complete,
  More,  // Call advance() with the same watermark again once the output has room. No process()
         // before it says Complete.
};

// Turns rows into rows. Owned by one task, called on that task's worker thread only. Errors are
// final for the job; rows that a plugin refuses are rejected, not errors.
class Operator {
 public:
  virtual ~Operator() = default;

  // One batch of input `port`. The rows' blocks may be kept.
  virtual Status process(std::size_t port, RowBatch batch, Output& output) = 0;

  // The merged watermark of all inputs has moved to `watermark`, always forward; EventTime::max()
  // at the end of all inputs. The task passes the watermark on when this says Complete. Emits at
  // most about kBatchRows × 16 rows per call.
  virtual Result<Advance> advance(EventTime watermark, Output& output) = 0;

  // A barrier: has everything handed over that has changed since the last one. Quick; what takes
  // time is left to collect_more(). The delta is written to until that says true; other calls may
  // come in between, though no collect(). Stateless: nothing.
  virtual void collect(StateDelta& delta) { static_cast<void>(delta); }

  // A bounded piece of collecting. Whether all is handed over.
  virtual bool collect_more() { return true; }

  // Before anything else is called: becomes what it was at the barrier whose epoch was committed
  // last, for its own key groups, however many tasks had them then.
  virtual Status restore(StateReader& state) {
    static_cast<void>(state);
    return Done{};
  }

  // Behind a barrier: from here on these are its plugin's functions. They take and make the same
  // records and keep the same state as those before, and outlive the operator or its next flip.
  // Quick.
  virtual void flip(const weir_functions& functions) { static_cast<void>(functions); }

  // Keys held and their bytes, for what one sees. Any cost beyond reading counters is too much.
  virtual std::size_t key_count() const { return 0; }
  virtual std::size_t state_bytes() const { return 0; }
};

}  // namespace weir
