#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/schema.h"
#include "model/window.h"
#include "state/state_delta.h"

namespace weir {

// What an operator notes about the form of its durable state, so that another form is refused and
// not misread: texts, for people too.
//
//   note "schema"    what an entry holds
//   note "window"    how time is cut into the slices that entries belong to
//   note "key"       what its key is made of; none where that is not known

inline constexpr std::string_view kSchemaNote = "schema";

// "Attempt: (steps i32, cost i32?, mood enum {Calm=0, Sad=1}, place Place: (x f64, y f64))"; with
// offsets "steps i32 at 0, …" for records that are kept as they lie in memory.
enum class Offsets : bool { Left, Told };
std::string text_of(const RecordSchema& schema, Offsets offsets);

// Set at an operator's construction.
class StateTexts final {
 public:
  StateTexts(std::string schema, const WindowSpec& window, const KeySchema& key);

  void note(StateDelta& delta) const;
  // Incompatible when some task noted another one: says what was stored, and what the job has now.
  Status check(const StateReader& state) const;

 private:
  std::string schema_;
  std::string window_;  // Without what slices do not depend on: the allowed lateness.
  std::string key_;     // Types only: names may change. Empty: not known.
};

}  // namespace weir
