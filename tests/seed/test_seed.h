#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string_view>

namespace weir::tests {

// What a random test begins with: WEIR_SEED of the environment, which repeats a run, or another
// each time. Says which.
inline std::uint64_t test_seed() {
  std::uint64_t seed = std::random_device()();
  const char* given = std::getenv("WEIR_SEED");  // NOLINT(concurrency-mt-unsafe)
  if (given != nullptr) {
    const std::string_view text(given);
    std::from_chars(text.data(), text.data() + text.size(), seed);
  }
  std::cout << "repeat with WEIR_SEED=" << seed << '\n';
  return seed;
}

}  // namespace weir::tests
