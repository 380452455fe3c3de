// Which versions of plugins a user means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/result.h"
#include "registry/version_store.h"

namespace weir {

// --store FOLDER.
OptionDeclaration store_option();

// As asked, or var/plugins.
VersionStore store_of(const Arguments& arguments);

// --jobs FILE.
OptionDeclaration needing_jobs_option();

// What must stay in the store although no process has it loaded: what the lock beside the jobs file
// names, and the last three generations.
FindVersionNeeds version_needs(const Arguments& arguments);

// The versions that `text` names, PLUGIN or PLUGIN@VERSION; of PLUGIN all. NotFound tells which
// there are.
Result<std::vector<StoredVersion>> find_versions(const VersionStore& store,
                                                 const std::string& text);

}  // namespace weir
