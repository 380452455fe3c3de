// Version numbers of plugins, and what jobs.toml may ask of them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// "1.4.0" or "1.4.0-rc.1"; whatever follows a '+' is ignored. One with a suffix comes before the
// one without.
struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t patch = 0;
  std::string suffix;

  static std::optional<Version> parse(std::string_view text);
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version&) const = default;
};

// One or more conditions, all of which must hold: ">=1.2, <2".
//   ^1.4     1.4.0 and later, as long as the first number stays (^0.3: the second one)
//   ~1.4     1.4.0 and later, as long as the second number stays
//   =1.4.0   exactly this;   also > >= < <=
// Parts left out are 0. A version with a suffix fits only where a condition names one.
class VersionConstraint final {
 public:
  static std::optional<VersionConstraint> parse(std::string_view text);
  bool accepts(const Version& version) const;

 private:
  enum class Relation : std::uint8_t { Equal, Greater, GreaterEqual, Less, LessEqual };
  struct Condition {
    Relation relation;
    Version version;
  };
  static bool holds(const Condition& condition, const Version& version);

  std::vector<Condition> conditions_;
  bool takes_suffixes_ = false;
};

}  // namespace weir
