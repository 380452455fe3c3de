// How the clients write their reports: JSON, a little different with every version.
#pragma once

#include <string>

#include "story.h"

namespace classroom_sim {

// Replaces `message` by the report as it arrives. A damaged one is cut, lacks a field, has a wrong
// type or is no JSON at all.
void write_message(Stream stream, const Report& report, std::string& message);

}  // namespace classroom_sim
