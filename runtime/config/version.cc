#include "config/version.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace weir {
namespace {

constexpr std::size_t kVersionMax = 64;

bool is_suffix(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '-';
  });
}

struct PartialVersion {
  Version version;
  std::size_t part_count = 0;
};

// One to three numbers with dots between them; a suffix only behind three.
std::optional<PartialVersion> parse_partial(std::string_view text) {
  if (text.size() > kVersionMax) return std::nullopt;
  text = text.substr(0, text.find('+'));
  PartialVersion result;
  std::array<std::uint32_t*, 3> parts = {
      &result.version.major, &result.version.minor, &result.version.patch};
  while (result.part_count < parts.size()) {
    const char* end = text.data() + text.size();
    const auto [next, problem] = std::from_chars(text.data(), end, *parts.at(result.part_count));
    if (problem != std::errc()) return std::nullopt;
    ++result.part_count;
    text.remove_prefix(static_cast<std::size_t>(next - text.data()));
    if (text.empty() || text.front() != '.' || result.part_count == parts.size()) break;
    text.remove_prefix(1);
  }
  if (text.empty()) return result;
  if (result.part_count < parts.size() || text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  if (!is_suffix(text)) return std::nullopt;
  result.version.suffix = text;
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

// The first version that a `^` or `~` condition no longer takes.
Version upper_bound(char relation, const PartialVersion& from) {
  const Version& version = from.version;
  if (relation == '~' && from.part_count > 1) return {version.major, version.minor + 1, 0, {}};
  if (relation == '~' || version.major > 0 || from.part_count == 1) {
    return {version.major + 1, 0, 0, {}};
  }
  if (version.minor > 0 || from.part_count == 2) return {0, version.minor + 1, 0, {}};
  return {0, 0, version.patch + 1, {}};
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  const auto partial = parse_partial(text);
  if (!partial || partial->part_count != 3) return std::nullopt;
  return partial->version;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (const auto order = major <=> other.major; order != 0) return order;
  if (const auto order = minor <=> other.minor; order != 0) return order;
  if (const auto order = patch <=> other.patch; order != 0) return order;
  if (suffix.empty() != other.suffix.empty()) {
    return suffix.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  return suffix.compare(other.suffix) <=> 0;
}

std::optional<VersionConstraint> VersionConstraint::parse(std::string_view text) {
  VersionConstraint constraint;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view part = trimmed(text.substr(0, comma));
    const std::size_t digits = part.find_first_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    const std::string_view relation = trimmed(part.substr(0, digits));
    const auto from = parse_partial(part.substr(digits));
    if (!from) return std::nullopt;
    constraint.takes_suffixes_ |= !from->version.suffix.empty();

    auto& conditions = constraint.conditions_;
    if (relation == "^" || relation == "~") {
      conditions.push_back({Relation::GreaterEqual, from->version});
      conditions.push_back({Relation::Less, upper_bound(relation.front(), *from)});
    } else if (relation == "=") {
      conditions.push_back({Relation::Equal, from->version});
    } else if (relation == ">=") {
      conditions.push_back({Relation::GreaterEqual, from->version});
    } else if (relation == ">") {
      conditions.push_back({Relation::Greater, from->version});
    } else if (relation == "<=") {
      conditions.push_back({Relation::LessEqual, from->version});
    } else if (relation == "<") {
      conditions.push_back({Relation::Less, from->version});
    } else {
      return std::nullopt;
    }
    if (comma == std::string_view::npos) return constraint;
    text.remove_prefix(comma + 1);
  }
}

bool VersionConstraint::holds(const Condition& condition, const Version& version) {
  switch (condition.relation) {
    case Relation::Equal: return version == condition.version;
    case Relation::Greater: return version > condition.version;
    case Relation::GreaterEqual: return version >= condition.version;
    case Relation::Less: return version < condition.version;
    case Relation::LessEqual: return version <= condition.version;
  }
  return false;
}

bool VersionConstraint::accepts(const Version& version) const {
  if (!version.suffix.empty() && !takes_suffixes_) return false;
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return holds(condition, version);
  });
}

}  // namespace weir
