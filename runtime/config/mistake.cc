#include "config/mistake.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

constexpr std::size_t kQuotedMax = 80;
constexpr std::size_t kNamesMax = 24;

}  // namespace

std::string text(const Mistake& mistake) {
  std::string line = mistake.file;
  if (mistake.position.line > 0) {
    line += format(":{}:{}", mistake.position.line, mistake.position.column);
  }
  if (!mistake.key.empty()) line += ": " + mistake.key;
  line += format(": found {}, expected {}", mistake.found, mistake.expected);
  const bool is_new = !mistake.nearest.empty() && mistake.nearest != mistake.expected;
  if (is_new) line += format("; did you mean {}?", in_quotes(mistake.nearest));
  return line;
}

void Mistakes::add(TextPosition position,
                   std::string key,
                   std::string found,
                   std::string expected,
                   std::string nearest) {
  if (mistakes_.size() >= kMistakesMax) return;
  Mistake mistake{
      file_, position, std::move(key), std::move(found), std::move(expected), std::move(nearest)};
  const bool is_known = std::find(mistakes_.begin(), mistakes_.end(), mistake) != mistakes_.end();
  if (!is_known) mistakes_.push_back(std::move(mistake));
}

std::vector<Mistake> Mistakes::take() {
  std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const Mistake& a, const Mistake& b) {
    return a.position < b.position;
  });
  return std::exchange(mistakes_, {});
}

std::string visible(std::string_view text) {
  std::string result;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) {
      result += format("\\x{:02x}", byte);
    } else {
      result += character;
    }
  }
  return result;
}

std::string in_quotes(std::string_view typed) {
  std::string result = '"' + visible(typed.substr(0, kQuotedMax));
  if (typed.size() > kQuotedMax) result += "…";
  return result += '"';
}

std::string one_of(const std::vector<std::string>& names) {
  if (names.empty()) return "nothing (there is none)";
  if (names.size() == 1) return names.front();
  std::string result = "one of ";
  for (std::size_t i = 0; i < names.size() && i < kNamesMax; ++i) {
    if (i > 0) result += ", ";
    result += names[i];
  }
  if (names.size() > kNamesMax) result += ", …";
  return result;
}

}  // namespace weir
