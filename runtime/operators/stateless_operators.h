// Operators that look at one row at a time: one call of the plugin's function for each batch.
#pragma once

#include <cstdint>
#include <vector>

#include <weir/abi.h>

#include "flow/operator.h"
#include "operators/plugin_arena.h"
#include "operators/plugin_output.h"

namespace weir {

// Lets the rows through that the plugin's `filter` keeps; the others are diverted as filtered.
// The functions outlive the operator or its next flip, here and below.
class FilterOperator final : public Operator {
 public:
  explicit FilterOperator(const weir_functions& functions) : functions_(&functions) {}
  Status process(std::size_t port, RowBatch batch, Output& output) override;
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }
  void flip(const weir_functions& functions) override { functions_ = &functions; }

 private:
  const weir_functions* functions_;
  // Of the batch at hand; kept to be used again.
  std::vector<std::uint8_t> keep_;
  std::vector<std::size_t> refused_;  // Ascending.
  RowBatch dropped_;
};

// Any number of rows for each row, by the plugin's `map`.
class MapOperator final : public Operator {
 public:
  MapOperator(const weir_functions& functions, std::size_t output_stride)
      : functions_(&functions), rows_(output_stride) {}
  Status process(std::size_t port, RowBatch batch, Output& output) override;
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }
  void flip(const weir_functions& functions) override { functions_ = &functions; }

 private:
  const weir_functions* functions_;
  PluginOutput rows_;
};

// Gives each row the key that the plugin's `key` says.
class KeyByOperator final : public Operator {
 public:
  explicit KeyByOperator(const weir_functions& functions) : functions_(&functions) {}
  Status process(std::size_t port, RowBatch batch, Output& output) override;
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }
  void flip(const weir_functions& functions) override { functions_ = &functions; }

 private:
  const weir_functions* functions_;
  PluginArena arena_;
  // Of the batch at hand; kept to be used again.
  std::vector<weir_bytes> keys_;
  std::vector<std::size_t> refused_;  // Ascending.
};

// Rows of all ports become one stream: only its being there counts.
class UnionOperator final : public Operator {
 public:
  Status process(std::size_t, RowBatch batch, Output& output) override {
    output.emit(std::move(batch));
    return Done{};
  }
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }
};

}  // namespace weir
