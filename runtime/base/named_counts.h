#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"

namespace weir {

struct NamedCount {
  std::string name;
  std::string doc;
  std::uint64_t value = 0;
};

// Counters that are made while things run, by their names. Safe from any thread.
class NamedCounts final {
 public:
  // The same name gives the same counter.
  std::uint32_t find_or_make(std::string_view name, std::string_view doc);
  // A number that find_or_make did not give is passed over.
  void add(std::uint32_t counter, std::uint64_t amount);
  std::vector<NamedCount> read() const;

 private:
  Guarded<std::vector<NamedCount>> counts_;
};

}  // namespace weir
