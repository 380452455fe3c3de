#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/schema.h"
#include "model/window.h"

namespace weir {

// What an operator's entries look like, kept in the image beside them, so that they can be printed
// with the names of their fields and without the plugin. The text that StateImage::describe takes.
struct StateForm {
  enum class Kind : std::uint8_t {
    Aggregate,  // key → an accumulator as it lies in memory; section = slice.
    Rows,       // key, side:u8, count:u32 → packed rows of that side; section = slice.
    Splits,     // name of a split → how far event time is in it.
  };
  Kind kind = Kind::Aggregate;
  std::uint32_t version = 0;  // Of an accumulator, as its plugin counts them; 0: not known.
  KeySchema key = {};         // Not of splits.
  WindowSpec window = {};     // Not of splits.
  // The accumulator, or the record of each side.
  std::vector<std::shared_ptr<const RecordSchema>> records = {};
};

// JSON, the same for the same form.
std::string encode_form(const StateForm& form);
// Corrupt when it is no form whose entries could be read safely.
Result<StateForm> decode_form(std::string_view text);

}  // namespace weir
