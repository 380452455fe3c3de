#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include <weir/abi.h>

#include "model/event_time.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace weir::harness {

// The record that operators under test are fed with.
struct Event {
  std::int64_t time;
  weir_text user;
  weir_text note;
  std::int64_t amount;
};
RecordSchema event_schema();

// A row on its way into an operator; its key is the user.
struct Input {
  std::size_t port = 0;
  std::int64_t time = 0;
  std::string user = "a";
  std::int64_t amount = 1;
  std::string note = "";

  bool operator==(const Input&) const = default;
  auto operator<=>(const Input&) const = default;
};

// Moves the watermark of all inputs.
struct Until {
  std::int64_t time = 0;
};

using Step = std::variant<Input, Until>;

// "[port] user time amount note", for messages and comparisons.
std::string text_of(const Input& input);
std::string text_of(const Step& step);

// Keyed rows, in memory of their own that is as small as can be.
RowBatch batch_of(std::span<const Input> inputs);

// What row of batch_of() stands for.
Input input_of(std::size_t port, const void* row);

std::string_view view(const weir_text& text);

}  // namespace weir::harness
