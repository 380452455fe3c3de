#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/event.h"
#include "model/window.h"

namespace weir::harness {

// One key's window as it fired: its rows, by arrival.
struct FiredGroup {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string user;
  std::vector<Input> rows;
};

// The answer of a windowed operator, found the plain way: every window of every key keeps all its
// rows, and nothing is shared.
struct WindowAnswer {
  // Windows that fire for the same watermark in the order of their ends; their keys in any order.
  std::vector<FiredGroup> fired;
  std::vector<Input> late;
  std::vector<Input> refused;
};

// `refuses`: rows that the plugin does not take.
WindowAnswer answer_of(const WindowSpec& spec,
                       const std::vector<Step>& steps,
                       const std::function<bool(const Input&)>& refuses);

}  // namespace weir::harness
