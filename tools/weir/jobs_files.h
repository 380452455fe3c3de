// How the subcommands read jobs files and plugins.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
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

// What it is checked against; see above.
LoadPorts load_ports(const Arguments& arguments, const HostConnectors& connectors);

// Section [host] of a jobs file, or of a text in its place, whatever else is wrong with it.
HostSpec read_host_section(const std::filesystem::path& path);
HostSpec load_host_section(std::string_view text, const std::filesystem::path& path);

// One line each, and how many there are.
void print_mistakes(const std::vector<Mistake>& mistakes, Console& console);

}  // namespace weir
