// Between the bytes of the outside world and rows.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/row_batch.h"
#include "model/schema.h"

namespace weir {

// Why bytes did not become a row.
struct DecodeError {
  std::string reason;        // One of decode_reasons().
  std::string field;         // Path of the field, `place.city`; empty for the whole record.
  std::size_t position = 0;  // Byte in the value where it was seen.

  std::string text() const;  // `missing field user_id at byte 17`
};

// Every reason there is; README.md tells what each means.
std::span<const std::string_view> decode_reasons();

// Decodes values of one record type. Owned by one task, called on its worker thread only; keeps
// no row.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Fills `row` (schema.size bytes, zeros where nothing is said) from `value`, which is lent until
  // the call returns. Text goes into `block`'s arena. At most `padding` bytes behind the value may
  // be read. On an error nothing in `row` counts.
  virtual std::optional<DecodeError> decode(std::string_view value,
                                            std::size_t padding,
                                            std::byte* row,
                                            Block& block) = 0;
};

// Encodes rows of one record type. Owned by one task, called on its worker thread only.
class Encoder {
 public:
  virtual ~Encoder() = default;

  // Appends the encoded row to `out`, without a line end.
  virtual void encode(const void* row, std::string& out) = 0;
};

// JSON objects by schema, see README.md. `schema` must outlive the result.
std::unique_ptr<Decoder> make_json_decoder(const RecordSchema& schema);
std::unique_ptr<Encoder> make_json_encoder(const RecordSchema& schema);

}  // namespace weir
