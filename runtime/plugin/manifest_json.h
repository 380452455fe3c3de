// Typed access to the JSON of a manifest; every error says where.
#pragma once

#include <concepts>
#include <limits>
#include <simdjson.h>
#include <string>

#include "base/format.h"
#include "base/result.h"
#include "plugin/limits.h"

namespace weir {

// A value of the document and how to get there. Lives as long as the parser.
class ManifestValue final {
 public:
  ManifestValue(simdjson::dom::element element, std::string path)
      : element_(element), path_(std::move(path)) {}

  bool is_null() const { return element_.is_null(); }

  // Of members that came after the first release.
  bool has(std::string_view name) const { return element_[name].error() == simdjson::SUCCESS; }

  Result<ManifestValue> member(std::string_view name) const {
    simdjson::dom::element found;
    if (element_[name].get(found) != simdjson::SUCCESS) return wrong(format("has no {}", name));
    return ManifestValue(found, path_.empty() ? std::string(name) : format("{}.{}", path_, name));
  }

  Result<std::string> text(std::size_t bytes_max = limits::kNameBytesMax) const {
    std::string_view text;
    if (element_.get(text) != simdjson::SUCCESS) return wrong("is not a text");
    if (text.size() > bytes_max) return wrong(format("is longer than {} bytes", bytes_max));
    return std::string(text);
  }

  template <std::integral T>
  Result<T> integer() const {
    std::int64_t number = 0;
    if (element_.get(number) != simdjson::SUCCESS || !std::in_range<T>(number)) {
      return wrong("is not an integer that fits");
    }
    return static_cast<T>(number);
  }

  Result<double> number() const {
    double number = 0;
    if (element_.get(number) != simdjson::SUCCESS) return wrong("is not a number");
    return number;
  }

  Result<bool> truth() const {
    bool truth = false;
    if (element_.get(truth) != simdjson::SUCCESS) return wrong("is not true or false");
    return truth;
  }

  Result<std::vector<ManifestValue>> list(std::size_t count_max) const {
    simdjson::dom::array array;
    if (element_.get(array) != simdjson::SUCCESS) return wrong("is not a list");
    std::vector<ManifestValue> values;
    for (const simdjson::dom::element each : array) {
      if (values.size() == count_max) return wrong(format("has more than {} elements", count_max));
      values.emplace_back(each, format("{}[{}]", path_, values.size()));
    }
    return values;
  }

  // The elements of a list that has exactly two.
  Result<std::pair<ManifestValue, ManifestValue>> pair() const {
    TRY(const auto values, list(2));
    if (values.size() != 2) return wrong("is not a pair");
    return std::pair(values[0], values[1]);
  }

  Error wrong(std::string_view what) const {
    return Error(ErrorKind::Corrupt, format("manifest: {} {}", path_.empty() ? "it" : path_, what));
  }

 private:
  simdjson::dom::element element_;
  std::string path_;
};

}  // namespace weir
