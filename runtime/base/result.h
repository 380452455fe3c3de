#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace weir {

template <class T>
class Result;

// What a Result<T> takes beside a T and an Error.
template <class From, class T>
concept ConvertibleTo =
    std::is_convertible_v<From, T> && !std::is_same_v<std::decay_t<From>, T> &&
    !std::is_same_v<std::decay_t<From>, Error> && !std::is_same_v<std::decay_t<From>, Result<T>>;

// A value, or the reason why there is none. The names follow std::expected.
template <class T>
class [[nodiscard]] Result final {
 public:
  Result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : outcome_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  // From anything a T is made of without saying so, like a unique_ptr to a derived class.
  template <ConvertibleTo<T> From>
  Result(From&& from)  // NOLINT
      : outcome_(std::in_place_index<0>, std::forward<From>(from)) {}

  bool has_value() const { return outcome_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Only when there is a value.
  T& value() & {
    check_value();
    return *std::get_if<0>(&outcome_);
  }
  const T& value() const& {
    check_value();
    return *std::get_if<0>(&outcome_);
  }
  T&& value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only when there is none.
  Error& error() & {
    CHECK(!has_value());
    return *std::get_if<1>(&outcome_);
  }
  const Error& error() const& {
    CHECK(!has_value());
    return *std::get_if<1>(&outcome_);
  }
  Error&& error() && { return std::move(error()); }

  // The same result; if it is an error, one that names the operation it interrupted.
  Result during(std::string_view operation) && {
    if (has_value()) return std::move(*this);
    return std::move(error()).during(operation);
  }

 private:
  void check_value() const {
    if (!has_value()) CHECK(has_value(), std::get_if<1>(&outcome_)->message());
  }

  std::variant<T, Error> outcome_;
};

// The result of what has no value: success is `return Done{};`.
using Done = std::monostate;
using Status = Result<Done>;

}  // namespace weir

#define WEIR_JOIN_TOKENS(left, right) left##right
#define WEIR_JOIN(left, right) WEIR_JOIN_TOKENS(left, right)
#define WEIR_TRY(result, declaration, ...)                 \
  auto&& result = __VA_ARGS__;                             \
  if (!result) [[unlikely]]                                \
    return std::forward<decltype(result)>(result).error(); \
  declaration = *std::forward<decltype(result)>(result)

// TRY(auto manifest, store.latest()): binds the value, or returns the error.
#define TRY(declaration, ...) WEIR_TRY(WEIR_JOIN(weir_try_, __COUNTER__), declaration, __VA_ARGS__)

// TRY_DO(log.sync()): returns the error if there is one; a value is dropped.
#define TRY_DO(...)                                            \
  do {                                                         \
    if (auto weir_try = __VA_ARGS__; !weir_try) [[unlikely]] { \
      return std::move(weir_try).error();                      \
    }                                                          \
  } while (false)
