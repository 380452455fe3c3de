#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/source.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace weir {

// Puts what came beside a message's value, its key and its headers, into text or byte fields of the
// row. Copied into the row's block.
class MessageFields final {
 public:
  // `key_field` may be empty; `header_fields` has the header's name by the field's. Invalid when a
  // field does not exist or holds something else.
  static Result<MessageFields> of(const RecordSchema& schema,
                                  const std::string& key_field,
                                  const std::map<std::string, std::string>& header_fields);

  bool empty() const { return places_.empty(); }

  // What is left for the value to fill. Lives as long as this object or a copy of it.
  const RecordSchema& rest() const { return *rest_; }

  // An optional field whose key or header is not there is not present; any other is empty. Of
  // headers with one name the last one counts.
  void fill(const RawRecord& record, std::byte* row, Block& block) const;

 private:
  struct Place {
    std::string field;
    std::uint32_t offset = 0;
    std::optional<std::uint32_t> presence_offset;
    std::optional<std::string> header;  // None: the key.
  };
  MessageFields() = default;
  Status add(const RecordSchema& schema,
             const std::string& field,
             std::optional<std::string> header);

  std::vector<Place> places_;
  std::shared_ptr<const RecordSchema> rest_;  // Shared, so that it stays where it is.
};

}  // namespace weir
