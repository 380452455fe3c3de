#include <array>

#include "base/format.h"
#include "format/decode_reason.h"
#include "format/format.h"

namespace weir {
namespace {

constexpr std::array<std::string_view, 18> kReasons = {
    "empty",
    "too large",
    "not an object",
    "truncated",
    "trailing content",
    "bad utf-8",
    "control character",
    "bad syntax",
    "too deep",
    "missing",
    "null",
    "wrong type",
    "out of range",
    "too long",
    "unknown name",
    "bad time",
    "bad base64",
    "bad escape",
};
static_assert(kReasons.size() == static_cast<std::size_t>(DecodeReason::BadEscape) + 1);

}  // namespace

std::span<const std::string_view> decode_reasons() {
  return kReasons;
}

std::string_view name_of(DecodeReason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::string DecodeError::text() const {
  if (field.empty()) return format("{} at byte {}", reason, position);
  const std::string_view link = reason == name_of(DecodeReason::Missing) ? "" : "in ";
  return format("{} {}field {} at byte {}", reason, link, field, position);
}

}  // namespace weir
