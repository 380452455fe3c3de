#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/schema.h"

namespace weir {

// Turns records of one layout into records of another, field by field, by name. A field that is new
// keeps what it has; one that is gone is left behind; a number may become wider, a text in place
// may get more room, and a field optional. A pure value.
class RecordConversion final {
 public:
  // Incompatible: names the field, what was found and what is needed.
  static Result<RecordConversion> make(const RecordSchema& from, const RecordSchema& to);

  // `to` holds what new fields are to be. Both are as large as their schemas say.
  void convert(const std::byte* from, std::byte* to) const;

  // What happens, by the paths of the fields: "place.room".
  const std::vector<std::string>& added() const { return added_; }
  const std::vector<std::string>& gone() const { return gone_; }
  const std::vector<std::string>& widened() const { return widened_; }

 private:
  struct Step {
    enum class Kind : std::uint8_t {
      Copy,          // `size` bytes.
      Signed,        // A number of `size` bytes becomes one of `to_size`, and so on.
      Unsigned,      //
      SignedReal,    // An integer becomes an f64.
      UnsignedReal,  //
      Real,          // An f32 becomes an f64.
      InlineText,    // Only as many bytes as there are.
      Present,       // Was always there.
      Number,        // Of an enum: each has another one, by name.
    };
    Kind kind;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t size = 0;
    std::uint32_t to_size = 0;
    std::vector<std::pair<std::int32_t, std::int32_t>> numbers = {};
  };
  // Where the records that fields are taken from and put into begin, and what they are called.
  struct Place {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::string path = {};
  };

  Status add_record(const RecordSchema& from, const RecordSchema& to, const Place& place);
  Status add_field(const Field& from, const Field& to, const Place& place);
  Status add_value(const Field& from, const Field& to, const Place& place);
  Status add_number(const Field& from, const Field& to, const Place& place);
  Status add_enum(const Field& from, const Field& to, const Place& place);

  std::vector<Step> steps_;
  std::vector<std::string> added_;
  std::vector<std::string> gone_;
  std::vector<std::string> widened_;
};

}  // namespace weir
