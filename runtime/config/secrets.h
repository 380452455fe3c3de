// Texts that must not be seen: "${env:NAME}" and "${file:path}" in jobs.toml.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weir {

// The value of a variable of the environment; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Replaces references by what they stand for, and takes those values out of any text again. A
// value; safe to read from several threads.
class Secrets final {
 public:
  // Relative paths start at `folder`.
  Secrets(Environment environment, std::filesystem::path folder)
      : environment_(std::move(environment)), folder_(std::move(folder)) {}

  // `text` with every reference replaced; the last line end of a file is left out. "$${" stands for
  // "${". The error never holds a value.
  Result<std::string> resolve(std::string_view text);

  // `text` with every value that resolve() ever gave replaced by its reference.
  std::string redact(std::string text) const;

 private:
  struct Secret {
    std::string reference;
    std::string value;
  };
  Result<std::string> value_of(std::string_view reference) const;
  void remember(std::string_view reference, std::string value);

  Environment environment_;
  std::filesystem::path folder_;
  std::vector<Secret> secrets_;  // The longest value first: one may be part of another.
};

}  // namespace weir
