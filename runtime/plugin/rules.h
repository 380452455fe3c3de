// What must hold for what a plugin says about itself.
#pragma once

#include "base/result.h"
#include "plugin/description.h"

namespace weir {

// Whether this host has the ABI that a plugin needs. Asked before anything else of it is read: what
// a later minor added would look like a mistake.
Status check_abi(std::uint32_t major, std::uint32_t minor);

// Whether the description makes sense and can be run by this host. The error is one sentence:
// where, what was found, what is needed.
Status check_description(const PluginDescription& plugin);

// The part of it for one record type: fields lie inside of it, apart from each other and aligned.
Status check_record(const RecordSchema& record);

}  // namespace weir
