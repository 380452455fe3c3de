#include "base/error.h"

#include <utility>

namespace weir {

std::string_view name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound: return "not found";
    case ErrorKind::Invalid: return "invalid";
    case ErrorKind::Corrupt: return "corrupt";
    case ErrorKind::Unavailable: return "unavailable";
    case ErrorKind::Incompatible: return "incompatible";
    case ErrorKind::Plugin: return "plugin";
  }
  return "unknown";
}

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

Error Error::during(std::string_view operation) const& {
  return Error(*this).during(operation);
}

Error Error::during(std::string_view operation) && {
  message_.insert(0, ": ").insert(0, operation);
  return std::move(*this);
}

std::string Error::text() const {
  std::string text(name(kind_));
  return text.append(": ").append(message_);
}

}  // namespace weir
