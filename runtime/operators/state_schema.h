#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/schema.h"
#include "state/state_delta.h"

namespace weir {

// What an operator notes about the form of its durable state, so that another form is refused and
// not misread: note "schema", a text for people too.

// "Attempt: steps i32, cost i32?, place Place: (x f64, y f64)"; with offsets "steps i32 at 0, …"
// for records that are kept as they lie in memory.
enum class Offsets : bool { Left, Told };
std::string text_of(const RecordSchema& schema, Offsets offsets);

void note_schema(StateDelta& delta, std::string_view schema);
// Incompatible when some task noted another one.
Status check_schema(const StateReader& state, std::string_view schema);

}  // namespace weir
