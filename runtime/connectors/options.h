#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "connectors/connector.h"

namespace weir {

// The value of an option if it was given; `T` is one of OptionValue's.
template <class T>
std::optional<T> find_option(const Options& options, std::string_view name) {
  const auto found = options.find(name);
  if (found == options.end()) return std::nullopt;
  const T* value = std::get_if<T>(&found->second);
  return value ? std::optional<T>(*value) : std::nullopt;
}

}  // namespace weir
