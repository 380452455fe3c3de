#include "operators/plugin_call.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/check.h"
#include "base/format.h"

namespace weir {

bool reaches_fire(const weir_functions* functions) {
  constexpr std::size_t kSizeMin = offsetof(weir_functions, fire) + sizeof(functions->fire);
  return functions != nullptr && functions->struct_size >= kSizeMin;
}

PluginCall::PluginCall(std::string_view function, std::size_t count)
    : function_(function), count_(static_cast<std::uint32_t>(count)) {
  CHECK(count < std::numeric_limits<std::uint32_t>::max());
}

weir_rows PluginCall::rows(std::span<const void* const> rows,
                           std::span<const std::int64_t> times) const {
  CHECK(rows.size() == count_ && times.size() == count_);
  return {sizeof(weir_rows), count(), rows.data() + first_, times.data() + first_};
}

weir_error* PluginCall::error() {
  refused_.reset();
  error_.struct_size = sizeof(weir_error);
  error_.row = WEIR_NO_ROW;
  error_.message_size = 0;
  error_.reserved = 0;
  return &error_;
}

Status PluginCall::finish(weir_status status) {
  if (status == WEIR_OK) {
    first_ = count_;
    return Done{};
  }
  if (status != WEIR_FAILED)
    return Error(ErrorKind::Plugin, format("{}: returned unknown status {}", function_, status));
  if (error_.row == WEIR_NO_ROW)
    return Error(ErrorKind::Plugin, format("{}: {}", function_, reason()));
  if (error_.row >= count()) {
    return Error(ErrorKind::Plugin,
                 format("{}: refused row {} of {}", function_, error_.row, count()));
  }
  refused_ = first_ + error_.row;
  first_ = *refused_ + 1;
  return Done{};
}

std::string_view PluginCall::reason() const {
  if (error_.message_size == 0) return "no reason given";
  return {error_.message, std::min<std::size_t>(error_.message_size, WEIR_ERROR_MESSAGE_MAX)};
}

}  // namespace weir
