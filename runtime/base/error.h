#pragma once

#include <string>
#include <string_view>

namespace weir {

// The few kinds of failure a caller may treat differently. Anything finer is text.
enum class ErrorKind {
  NotFound,      // What was asked for does not exist.
  Invalid,       // What was given breaks a rule; giving the same again fails again.
  Corrupt,       // What was read is not what was written.
  Unavailable,   // May work later.
  Incompatible,  // Made for another version.
  Plugin,        // A plugin's own code failed.
};

// `not found`, `invalid`, ...: as it stands in a message.
std::string_view name(ErrorKind kind);

// Why something failed: a kind, a text, and the operations it interrupted, outermost first.
class Error final {
 public:
  Error(ErrorKind kind, std::string message);

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }

  // The same error, seen from the operation it interrupted:
  // `read manifest-17: checksum of entry 3`.
  Error during(std::string_view operation) const&;
  Error during(std::string_view operation) &&;

  // The message with its kind in front: `corrupt: read manifest-17: checksum of entry 3`.
  std::string text() const;

  friend bool operator==(const Error&, const Error&) = default;

 private:
  ErrorKind kind_;
  std::string message_;
};

}  // namespace weir
