#pragma once

#include <string>
#include <string_view>

namespace weir {

// The last line of the terminal behind standard error, kept for itself: everything else that is
// printed scrolls above it, whoever prints it.
class BottomLine final {
 public:
  BottomLine() = default;
  // Gives the line back.
  ~BottomLine();
  BottomLine(const BottomLine&) = delete;
  BottomLine& operator=(const BottomLine&) = delete;

  // Whether there is a terminal large enough.
  static bool is_possible();

  // Shows the text, cut to the width. The terminal's size may have changed since the last time.
  void show(std::string_view text);

 private:
  void reserve(unsigned rows);
  unsigned rows_ = 0;  // That the terminal had; 0: nothing is reserved.
};

}  // namespace weir
