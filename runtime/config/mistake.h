// What is wrong in a jobs file, told so that a person can put it right without looking elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Both start at 1; 0 means unknown (a file that cannot be read has no lines).
struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const TextPosition&) const = default;
};

struct Mistake {
  std::string file;  // As the user named it.
  TextPosition position;
  std::string key;  // "job.enter-cn.source.enter.topics"; empty: the file as a whole.
  std::string found;
  std::string expected;
  std::string nearest;  // The valid name that was probably meant; empty: none is near.
  bool operator==(const Mistake&) const = default;
};

// jobs.toml:7:3: job.enter-cn.typ: found an unknown key, expected one of name, type; did you mean
// "type"?
std::string text(const Mistake& mistake);

// Collects the mistakes of one file.
class Mistakes final {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}

  // Anything past kMistakesMax is dropped: nobody reads the two hundred first ones.
  void add(TextPosition position,
           std::string key,
           std::string found,
           std::string expected,
           std::string nearest = {});
  bool empty() const { return mistakes_.empty(); }

  // In the order of the file.
  std::vector<Mistake> take();

 private:
  std::string file_;
  std::vector<Mistake> mistakes_;
};

inline constexpr std::size_t kMistakesMax = 200;

// Control characters as "\x0a": a message is one line, whatever was found.
std::string visible(std::string_view text);

// "a text that a person typed" in double quotes, cut when long, control characters made visible.
std::string in_quotes(std::string_view typed);

// "one of a, b, c".
std::string one_of(const std::vector<std::string>& names);

}  // namespace weir
