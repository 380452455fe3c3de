#include "plugin/call_error.h"

#include <algorithm>

namespace weir {

weir_error fresh_call_error() {
  weir_error error{};
  error.struct_size = sizeof(error);
  error.row = WEIR_NO_ROW;
  return error;
}

Error error_of(const weir_error& error) {
  const auto size = std::min<std::size_t>(error.message_size, WEIR_ERROR_MESSAGE_MAX);
  std::string message(error.message, size);
  std::ranges::replace_if(
      message, [](unsigned char character) { return character < 0x20 || character == 0x7f; }, ' ');
  if (message.empty()) message = "failed without a message";
  return Error(ErrorKind::Plugin, std::move(message));
}

}  // namespace weir
