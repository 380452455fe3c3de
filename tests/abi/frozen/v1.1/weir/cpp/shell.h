// The border: exceptions of a plugin's functions end here and become errors.
#pragma once

#include <exception>

#include <weir/cpp/values.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Element `index` of an array of structs that may have grown since this header was written.
template <class T>
const T& element(const T* first, std::size_t index) {
  const char* const bytes = reinterpret_cast<const char*>(first);
  return *reinterpret_cast<const T*>(bytes + index * first->struct_size);
}

inline weir_status fail(weir_error* error, std::uint32_t row, std::string_view message) noexcept {
  const std::size_t size = whole_characters(message, WEIR_ERROR_MESSAGE_MAX);
  error->row = row;
  error->message_size = static_cast<std::uint32_t>(size);
  if (size > 0) std::memcpy(error->message, message.data(), size);
  return WEIR_FAILED;
}

// Runs `call`; what it throws becomes an error that names the row `row` has at that moment.
template <class Call>
weir_status guard(weir_error* error, const std::uint32_t& row, Call&& call) noexcept {
  try {
    call();
    return WEIR_OK;
  } catch (const std::exception& exception) {
    return fail(error, row, exception.what());
  } catch (...) {
    return fail(error, row, "threw something that is not a std::exception");
  }
}

// Runs each(i) for every row i < count; what one throws is blamed on that row.
template <class Each>
weir_status guard_rows(weir_error* error, std::uint32_t count, Each&& each) noexcept {
  std::uint32_t row = 0;
  return guard(error, row, [&] {
    for (; row < count; ++row)
      each(row);
  });
}

inline constexpr std::uint32_t kNoRow = WEIR_NO_ROW;

// As guard(), for a call that is not about rows.
template <class Call>
weir_status guard_whole(weir_error* error, Call&& call) noexcept {
  return guard(error, kNoRow, std::forward<Call>(call));
}

}  // namespace detail
}  // namespace v1
}  // namespace weir
