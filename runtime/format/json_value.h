#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "format/decode_reason.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace weir {

struct FieldPlan;

// Puts what a token says into the place of its field. The token comes from a JsonIndex, is not
// empty and has no white space round it; it may be a bracket. Text goes into `block`'s arena. On a
// reason, what is in the place does not count.
using StoreValue = std::optional<DecodeReason> (*)(const FieldPlan& field,
                                                   std::string_view token,
                                                   std::byte* to,
                                                   Block& block);

// Null for records.
StoreValue store_of(FieldType type);

// Why a token is not of the type that was wanted.
DecodeReason why_not_wanted(std::string_view token);

}  // namespace weir
