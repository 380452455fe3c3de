#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checkpoint/state_form.h"
#include "format/format.h"
#include "state/row_packing.h"
#include "state/state_delta.h"

namespace weir {

// Prints entries of one form as JSON, with the names of fields. One thread; the form outlives it.
class EntryText final {
 public:
  explicit EntryText(const StateForm& form);

  // {"lesson_id":"L5","user_id":"s5"}; for a form with sides `"side":0` behind it.
  Result<std::string> key(std::string_view key) const;
  // An accumulator's fields; a split's times; rows in the order of their arrival, each with its
  // event time in ms: [{"time":61000,"row":{"user_id":"s5","ok":true}}].
  Result<std::string> value(std::string_view key, std::string_view value) const;

 private:
  Result<std::string> rows(std::string_view key, std::string_view value) const;

  const StateForm& form_;
  std::vector<std::unique_ptr<Encoder>> encoders_;  // One for each record …
  std::vector<RowPacking> packings_;                // … of rows.
};

// The bytes of a key, from one text for each of its fields: numbers as numbers, times as RFC 3339.
// Invalid: says which field takes what.
Result<std::string> encode_key(const KeySchema& schema, const std::vector<std::string>& fields);

// {"bytes":"00ff…"}: of what nobody described.
std::string hexadecimal(std::string_view bytes);

}  // namespace weir
