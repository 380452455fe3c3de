#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

// The closed list of reasons, in the order of decode_reasons().
enum class DecodeReason : std::uint8_t {
  Empty,            // No byte, or nothing but white space.
  TooLarge,         // More than 1 GiB.
  NotAnObject,      // JSON, but not an object.
  Truncated,        // Ends inside a string, an object or an array.
  TrailingContent,  // Something stands behind the object.
  BadUtf8,
  ControlCharacter,  // Below U+0020, unescaped in a string.
  BadSyntax,         // Not JSON for any other cause.
  TooDeep,           // More than 1024 levels in a value that is skipped.
  Missing,
  Null,
  WrongType,
  OutOfRange,   // A number that the field's type does not hold.
  TooLong,      // Text that does not fit into its field.
  UnknownName,  // Not a name of the enumeration.
  BadTime,      // Text that is no RFC 3339 time.
  BadBase64,
  BadEscape,  // Unknown, or half of a surrogate pair.
};

std::string_view name_of(DecodeReason reason);

}  // namespace weir
