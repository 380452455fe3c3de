#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <weir/abi.h>

#include "base/counter.h"
#include "checkpoint/state_form.h"
#include "model/schema.h"
#include "state/state_delta.h"

namespace weir {

// The form in which an operator takes its state back.
struct NeededState {
  StateForm form;
  std::vector<std::byte> initial;  // A fresh accumulator; for rows: nothing.
  std::vector<StateMigration> migrations = {};
  std::span<const weir_migration* const> functions = {};  // One for each of them.
};

// Reads an operator's durable state as `needed`, whatever form each entry was written in: entry by
// entry, by the names of fields or by a function of the plugin (see change_of_form). Reading fails
// at an entry that cannot be read so: Incompatible. What the operator noted about the form of its
// entries is not handed on, as they have been seen to. State whose form nobody described is handed
// on as it is.
//
// `needed` and `converted`, which counts entries, outlive the reader.
std::unique_ptr<StateReader> read_state_as(const NeededState& needed,
                                           std::unique_ptr<StateReader> stored,
                                           Counter& converted);

}  // namespace weir
