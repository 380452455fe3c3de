#include "connectors/kafka/name_pattern.h"

#include <array>
#include <utility>

namespace weir::kafka {

Result<NamePattern> NamePattern::compile(const std::string& text) {
  auto compiled = std::make_unique<regex_t>();
  if (const int code = regcomp(compiled.get(), text.c_str(), REG_EXTENDED | REG_NOSUB)) {
    std::array<char, 128> message = {};
    regerror(code, compiled.get(), message.data(), message.size());
    return Error(ErrorKind::Invalid, message.data());
  }
  return NamePattern(std::unique_ptr<regex_t, Free>(compiled.release()));
}

bool NamePattern::matches(const std::string& name) const {
  return regexec(compiled_.get(), name.c_str(), 0, nullptr, 0) == 0;
}

}  // namespace weir::kafka
