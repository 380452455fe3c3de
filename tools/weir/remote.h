// How the subcommands talk to a running host.
#pragma once

#include <string>

#include "arguments.h"
#include "base/result.h"
#include "config/spec.h"
#include "console.h"
#include "exit_code.h"

namespace weir {

// `--http ADDRESS` and `--from FILE`, which say where the host listens.
std::vector<OptionDeclaration> remote_options();

// The [host] section of the jobs file, --from or jobs.toml, whatever is wrong with the rest of it;
// defaults where there is none.
HostSpec host_section(const Arguments& arguments);

// The body of GET `target` at the host that the arguments name: --http, else the [host] section of
// the jobs file, else 127.0.0.1:8088. NotFound: the host knows no such thing. Unavailable: nobody
// answers.
Result<std::string> ask_host(const Arguments& arguments, const std::string& target);

// The same of POST, which may take minutes. Invalid: the host refuses.
Result<std::string> tell_host(const Arguments& arguments, const std::string& target);

ExitCode report(const std::string& subcommand, const Error& error, Console& console);

}  // namespace weir
