// How the subcommands read jobs files and plugins.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.h"
#include "config/load.h"
#include "console.h"
#include "host/host_connectors.h"

namespace weir {

// The file a subcommand works on when none is given.
inline constexpr const char* kJobsFileDefault = "jobs.toml";

// Against the connectors of this host, the environment of this process, and plugins in the jobs
// file's folders, in those of --plugin-path, and in `plugins` beside the folder of the program.
LoadedJobs load_jobs_as_asked(const std::filesystem::path& path,
                              const Arguments& arguments,
                              const HostConnectors& connectors);

// One line each, and how many there are.
void print_mistakes(const std::vector<Mistake>& mistakes, Console& console);

}  // namespace weir
