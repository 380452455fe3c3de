#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "checkpoint/state_form.h"
#include "plugin/description.h"
#include "state/record_conversion.h"

namespace weir {

// What the durable entries of an operator of this job look like; none: it has none.
std::optional<StateForm> state_form_of(const JobDescription& job,
                                       const OperatorDescription& stateful);

// How a record of one form becomes that of another form; neither: it is the same.
struct RecordChange {
  std::optional<RecordConversion> conversion = {};  // By the names of its fields.
  std::optional<std::size_t> migration = {};        // By this one of the plugin's functions.

  bool has_value() const { return conversion || migration; }
};
// For each record of a form.
using FormChange = std::vector<RecordChange>;

// `migrations` are those that make the needed accumulator; one of the version that is found is
// always taken. Incompatible: what is kept in the form `found` cannot be read as `needed`; the
// message says why.
Result<FormChange> change_of_form(const StateForm& found,
                                  const StateForm& needed,
                                  std::span<const StateMigration> migrations = {});

}  // namespace weir
