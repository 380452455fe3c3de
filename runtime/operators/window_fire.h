#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <weir/abi.h>

#include "base/result.h"
#include "flow/operator.h"
#include "operators/plugin_output.h"

namespace weir {

// Gathers the groups of windows that fire, hands them to the plugin's `fire` and its rows on. Owned
// by one operator, which keeps what it adds in place until run().
class WindowFire final {
 public:
  // `functions` outlives the object or the next flip(). `side_count`: 0 for accumulators, else how
  // many inputs have rows.
  WindowFire(const weir_functions& functions, std::size_t output_stride, std::uint32_t side_count);

  // From here on these fire. No group waits.
  void flip(const weir_functions& functions) { functions_ = &functions; }

  // The groups added from here on belong to `window`.
  void begin(WindowBounds window) {
    window_ = {window.start.milliseconds, window.end.milliseconds};
  }
  void add_state(std::string_view key, const void* state);
  // The rows of the group are then appended to its sides, each in order of event time.
  void add_group(std::string_view key);
  struct Side {
    std::vector<const void*> rows;
    std::vector<std::int64_t> times;
  };
  Side& side(std::size_t index) { return sides_[index]; }

  std::size_t group_count() const { return keys_.size(); }
  // Rows added since the last run().
  std::size_t row_count() const;

  // Fires the groups added since the last time. What the plugin refuses is rejected.
  Status run(Output& output);
  // Hands on rows that wait for a batch to be full. How many rows were handed on since the last
  // flush.
  std::size_t flush(Output& output);
  std::size_t rows_made() const { return rows_made_; }

 private:
  Status call(Output& output);
  void close_groups();
  void clear();

  const weir_functions* functions_;
  PluginOutput rows_;
  std::size_t rows_made_ = 0;

  weir_window window_{};
  std::vector<weir_bytes> keys_;
  std::vector<weir_window> windows_;
  std::vector<std::int64_t> times_;  // Of the rows made from each group.
  std::vector<const void*> states_;

  // By side: the rows of all groups, where those of each group end, and the groups made of them.
  std::vector<Side> sides_;
  std::vector<std::vector<std::size_t>> side_ends_;
  std::vector<std::vector<weir_rows>> side_groups_;
  std::vector<const weir_rows*> side_starts_;
};

}  // namespace weir
