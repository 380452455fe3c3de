// Which state a user means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.h"

namespace weir {

// --state DIR, and where a running host listens.
std::vector<OptionDeclaration> state_options();

// The state directory of the host: as asked, or as the jobs file says, or var/state.
std::filesystem::path state_directory(const Arguments& arguments);

// The folder of the state that `text` names: JOB, JOB@SAVEPOINT, or a path (with a slash in it).
std::filesystem::path state_place(const Arguments& arguments, const std::string& text);

}  // namespace weir
