#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/schema.h"

namespace weir {

// Makes a message's key of some fields of its row: their values as text, joined by '|'. A missing
// optional field gives nothing between its bars.
class MessageKey final {
 public:
  // `schema` outlives the key. Invalid when a field does not exist or is a record.
  static Result<MessageKey> of(const RecordSchema& schema, const std::vector<std::string>& fields);

  void append(const void* row, std::string& out) const;

 private:
  std::vector<const Field*> fields_;
};

}  // namespace weir
