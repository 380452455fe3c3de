// weir status: the running host and its jobs.
#include <ostream>

#include "remote.h"
#include "status_text.h"
#include "subcommand.h"

namespace weir {
namespace {

ExitCode run(const Arguments& arguments, Console& console) {
  const auto document = ask_host(arguments, "/v1/jobs");
  if (!document) return report("status", document.error(), console);
  if (arguments.has("json")) {
    console.out << *document;
    return ExitCode::Success;
  }
  const auto text = host_text(*document);
  if (!text) return report("status", text.error(), console);
  console.out << *text;
  return ExitCode::Success;
}

}  // namespace

Subcommand status_subcommand() {
  return {"status",
          "[--http ADDRESS | --from FILE] [--json]",
          "show the running host and its jobs",
          R"(Asks the host over HTTP; its jobs file must give an http address in section [host].

Examples:
  weir status
  weir status --http 127.0.0.1:8088
  weir status --json | jq '.jobs[] | {name, state, lag}'

Ends with 3 when no host answers.
)",
          {remote_options(), 0, 0},
          run};
}

}  // namespace weir
