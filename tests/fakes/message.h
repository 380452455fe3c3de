#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace weir::fakes {

struct Message {
  std::string key;
  std::string value;
  std::int64_t timestamp = -1;
  bool has_value = true;
  std::map<std::string, std::string> headers = {};
};

}  // namespace weir::fakes
