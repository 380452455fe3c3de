#pragma once

#include <cstdint>
#include <cstdlib>

namespace weir::sim {

// The seeds that a test runs: WEIR_SIM_SEEDS of them (or as many as it has by itself), beginning at
// WEIR_SIM_SEED (or 1); when only that is set, it alone.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  bool is_one = false;  // A run that is repeated: it need not meet everything.
};

inline Seeds asked_seeds(std::uint64_t count) {
  // NOLINTBEGIN(concurrency-mt-unsafe): nobody sets them
  const char* first = std::getenv("WEIR_SIM_SEED");
  const char* asked = std::getenv("WEIR_SIM_SEEDS");
  // NOLINTEND(concurrency-mt-unsafe)
  Seeds seeds{.first = 1, .count = count, .is_one = first != nullptr};
  if (first != nullptr) seeds.first = std::strtoull(first, nullptr, 10);
  if (first != nullptr) seeds.count = 1;
  if (asked != nullptr) seeds.count = std::strtoull(asked, nullptr, 10);
  return seeds;
}

}  // namespace weir::sim
