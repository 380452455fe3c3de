#pragma once

#include <cstdint>
#include <string>

namespace weir::fakes {

struct Message {
  std::string key;
  std::string value;
  std::int64_t timestamp = -1;
  bool has_value = true;
};

}  // namespace weir::fakes
