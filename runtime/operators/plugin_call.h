#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <weir/abi.h>

#include "base/result.h"

namespace weir {

// Whether the table is there and its maker knew all members up to `fire`, the last one of ABI 1.0.
bool reaches_fire(const weir_functions* functions);

// Runs a function of a plugin over `count` rows (or groups), going on behind each one that it
// refuses.
//
//   for (PluginCall call("map", batch.size()); call.has_more();) {
//     const weir_rows rows = call.rows(batch.rows, batch.times);
//     TRY_DO(call.finish(functions.map(functions.self, &rows, out, call.error())));
//     if (call.refused()) TRY_DO(output.reject(0, batch, *call.refused(), call.reason()));
//   }
class PluginCall final {
 public:
  // `function` is what messages call it; it outlives the object.
  PluginCall(std::string_view function, std::size_t count);

  // Whether there are rows that the function has not looked at.
  bool has_more() const { return first_ < count_; }
  // The part of the next call: from `first` to the end.
  std::uint32_t first() const { return first_; }
  std::uint32_t count() const { return count_ - first_; }
  weir_rows rows(std::span<const void* const> rows, std::span<const std::int64_t> times) const;
  // Made ready for the next call.
  weir_error* error();

  // Takes what the function returned. An error of kind Plugin when it failed as a whole, or broke
  // the rules.
  Status finish(weir_status status);

  // Which row, counted from the first of all, the last call refused, and why. Valid until error().
  const std::optional<std::uint32_t>& refused() const { return refused_; }
  std::string_view reason() const;

 private:
  std::string_view function_;
  std::uint32_t count_;
  std::uint32_t first_ = 0;
  std::optional<std::uint32_t> refused_;
  weir_error error_;
};

}  // namespace weir
