#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

// Lines on their way to a terminal, a pipe or a file. Bounded; writes only what can be written
// without waiting. Guarded by its owner.
class LineOutput final {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{1} << 20;

  explicit LineOutput(int descriptor) : descriptor_(descriptor) {}

  // Whether there is room; one line always fits into an empty output.
  bool offer(std::string_view label, std::string_view line);

  // Writes what can be written now; returns whether nothing is left.
  Result<bool> drain();

 private:
  Result<bool> can_write() const;
  bool keep_rest();

  int descriptor_;
  std::string pending_;
  std::size_t written_ = 0;  // Of pending_.
};

}  // namespace weir
