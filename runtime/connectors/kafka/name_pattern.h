#pragma once

#include <memory>
#include <regex.h>
#include <string>

#include "base/result.h"

namespace weir::kafka {

// A POSIX extended regular expression that topics are chosen with.
class NamePattern final {
 public:
  static Result<NamePattern> compile(const std::string& text);

  bool matches(const std::string& name) const;

 private:
  struct Free {
    void operator()(regex_t* compiled) const {
      regfree(compiled);
      delete compiled;
    }
  };

  explicit NamePattern(std::unique_ptr<regex_t, Free> compiled) : compiled_(std::move(compiled)) {}

  std::unique_ptr<regex_t, Free> compiled_;
};

}  // namespace weir::kafka
