#pragma once

#include <cstdint>
#include <string>

namespace weir {

// One thing that was looked at before a job is run, and what to do if it is not right.
struct Finding {
  enum class Level : std::uint8_t {
    Good,
    Doubt,    // May be right; a person has to look.
    Problem,  // A job will not run, or not for long.
  };
  Level level = Level::Good;
  std::string subject;  // "kafka main: topic labels"
  std::string found;
  std::string advice = {};  // Empty when all is well.
};

}  // namespace weir
