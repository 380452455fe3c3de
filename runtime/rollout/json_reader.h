// Reads members of JSON objects. Inside this folder only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace weir {

// What is missing or of another type reads as empty, and is remembered.
class JsonReader final {
 public:
  explicit JsonReader(const boost::json::value& value) : object_(value.if_object()) {
    is_broken_ = object_ == nullptr;
  }

  bool is_broken() const { return is_broken_; }
  void refuse() { is_broken_ = true; }

  std::string text(std::string_view key) {
    const auto* found = find(key);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
    refuse();
    return {};
  }
  std::uint64_t number(std::string_view key) {
    const auto* found = find(key);
    if (found != nullptr && found->is_int64() && found->get_int64() >= 0) {
      return static_cast<std::uint64_t>(found->get_int64());
    }
    refuse();
    return 0;
  }
  bool boolean(std::string_view key) {
    const auto* found = find(key);
    if (found != nullptr && found->is_bool()) return found->get_bool();
    refuse();
    return false;
  }
  const boost::json::array& list(std::string_view key) {
    static const boost::json::array nothing;
    const auto* found = find(key);
    if (found != nullptr && found->is_array()) return found->get_array();
    refuse();
    return nothing;
  }
  // Null: missing, or null.
  const boost::json::value* find(std::string_view key) const {
    const auto* found =
        object_ ? object_->if_contains(boost::json::string_view(key.data(), key.size())) : nullptr;
    return found != nullptr && found->is_null() ? nullptr : found;
  }

 private:
  const boost::json::object* object_;
  bool is_broken_ = false;
};

}  // namespace weir
