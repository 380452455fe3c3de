#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "flow/barrier_alignment.h"
#include "flow/channel.h"
#include "flow/task.h"
#include "flow/watermark_merge.h"
#include "operators/task_exit.h"

namespace weir {

// One stage on one worker, fed by channels: merges their watermarks, lines up their barriers and
// moves their rows through a chain of operators.
class StageTask final : public Task {
 public:
  struct Input {
    Channel* channel;      // Outlives the task.
    std::size_t port = 0;  // Of the chain's first operator.
    bool is_idle = false;  // From the start: it holds nobody back until it says something.
  };

  StageTask(TaskContext context, std::vector<Input> inputs, std::unique_ptr<Chain> chain);

  // Before the first step. What is durable of the task itself, so that its watermark never goes
  // back, is a note of each task in the state of the chain's first operator:
  //
  //   note "stage" := watermark:i64     the last one sent; little-endian
  Status restore(const OpenState& open_state);

  Progress step() override;

 private:
  // What has to go out before the next item is read, in this order.
  struct Due {
    std::optional<EventTime> watermark;
    std::optional<RowBatch> rows;
    std::optional<std::uint64_t> barrier;
    bool is_end = false;

    bool empty() const { return !watermark && !rows && !barrier && !is_end; }
  };

  Result<Progress> move();
  Result<bool> move_item();
  std::optional<StreamItem> poll();
  Status take(StreamItem item);
  Status take_rows(RowBatch rows);
  void take_end();
  Status settle_due();
  Status settle_watermark();

  std::vector<OperatorDelta> note() const;

  // The merge has been told something about the current input.
  void follow(std::optional<EventTime> advanced);

  std::vector<Input> inputs_;
  TaskExit exit_;
  WatermarkMerge merge_;
  BarrierAlignment alignment_;
  std::size_t current_ = 0;                // The input that was read last.
  bool is_idle_ = false;                   // Those behind know that nothing is to be expected.
  EventTime promised_ = EventTime::min();  // The last watermark sent.
  Due due_;
  const CodeFlip* flip_ = nullptr;  // What the barrier carries that is being lined up.
  bool is_over_ = false;
};

}  // namespace weir
