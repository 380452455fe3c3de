#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "format/decode_reason.h"

namespace weir {

// Finds where the tokens of a JSON text start: brackets, commas, colons, and the first byte of each
// string, number or word. Strings are closed, free of control characters, and all is UTF-8, or
// there is no index. This is the first stage of simdjson alone: it never reads behind the text, so
// that a record is decoded where the client put it, padding or not.
class JsonIndex final {
 public:
  struct Problem {
    DecodeReason reason;
    std::size_t position;
  };

  JsonIndex();
  ~JsonIndex();
  JsonIndex(const JsonIndex&) = delete;
  JsonIndex& operator=(const JsonIndex&) = delete;

  std::optional<Problem> build(std::string_view json);

  // Of the last text built; *end() is the size of the text.
  const std::uint32_t* begin() const { return begin_; }
  const std::uint32_t* end() const { return end_; }

 private:
  struct Stage;

  std::optional<Problem> make_room(std::size_t size);

  std::unique_ptr<Stage> stage_;
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
};

}  // namespace weir
