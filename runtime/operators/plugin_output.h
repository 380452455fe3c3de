#pragma once

#include <memory>
#include <span>
#include <string>

#include <weir/abi.h>

#include "base/result.h"
#include "flow/operator.h"
#include "model/row_batch.h"
#include "operators/plugin_arena.h"

namespace weir {

// Takes the rows that a plugin makes, through weir_out, and hands them on in batches. Whatever the
// plugin does wrong is an error, never damage. Owned by one operator.
//
//   weir_out* out = rows.open(batch.times);          // before each call, or
//   for (…) functions.map(self, &part, out, error);  // a run of calls
//   TRY_DO(rows.close());
//   rows.flush(output);                              // or flush_full() to go on filling
class PluginOutput final {
 public:
  // `stride` is the size of the operator's output record.
  explicit PluginOutput(std::size_t stride);
  PluginOutput(const PluginOutput&) = delete;
  PluginOutput& operator=(const PluginOutput&) = delete;

  // From here to close() the plugin may commit rows. A row's source index is that of its event time
  // in `times`, counted from the first source, at the start 0. `records` is that of the batch (see
  // RowBatch), and the same for all rows that are handed on together: empty or not.
  weir_out* open(std::span<const std::int64_t> times, std::span<const std::uint32_t> records = {});

  // For the call on a batch's rest: source index 0 now stands for times[first].
  void set_first_source(std::size_t first) { first_source_ = first; }

  // Ends the plugin's turn. An error of kind Plugin when it broke the rules of weir_out.
  Status close();

  // Rows committed and not handed on yet.
  std::size_t row_count() const { return rows_.size(); }

  // Hands on what is there, in batches of about kBatchRows. Not between open() and close().
  void flush(Output& output);
  // The same, but only when there is at least one full batch.
  void flush_full(Output& output);

 private:
  static void* reserve(weir_out* out, std::uint32_t count) noexcept;
  static void commit(weir_out* out, std::uint32_t count, const std::uint32_t* sources) noexcept;
  void* reserve_rows(std::uint32_t count);
  void commit_rows(std::uint32_t count, const std::uint32_t* sources);
  void open_block(std::size_t rows_max);
  void complain(std::string text);

  // What the plugin sees; `out` is first, so that reserve() and commit() find `self`.
  struct Port {
    weir_out out;
    PluginOutput* self;
  };

  Port port_;
  std::size_t stride_;
  PluginArena arena_;
  std::shared_ptr<Block> text_;   // Text of all rows that are not handed on yet.
  std::shared_ptr<Block> block_;  // Where rows are reserved; the last of rows_.blocks.
  std::size_t used_ = 0;          // Rows of block_ that are committed.
  std::size_t reserved_ = 0;      // Rows of block_ behind them that are reserved.
  RowBatch rows_;                 // Committed and not handed on.

  // The call under way.
  std::span<const std::int64_t> times_;
  std::span<const std::uint32_t> records_;
  std::size_t first_source_ = 0;
  std::string complaint_;  // The first breach of the rules.
};

}  // namespace weir
