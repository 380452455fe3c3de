// weir job: one running job, or the list of them.
#include <ostream>

#include "base/format.h"
#include "config/nearest.h"
#include "remote.h"
#include "status_text.h"
#include "subcommand.h"

namespace weir {
namespace {

ExitCode list(const Arguments& arguments, Console& console) {
  const auto document = ask_host(arguments, "/v1/jobs");
  if (!document) return report("job", document.error(), console);
  if (arguments.has("json")) {
    console.out << *document;
    return ExitCode::Success;
  }
  if (arguments.has("names")) {
    const auto names = job_names(*document);
    if (!names) return report("job", names.error(), console);
    for (const std::string& name : *names)
      console.out << name << '\n';
    return ExitCode::Success;
  }
  const auto text = job_table_text(*document);
  if (!text) return report("job", text.error(), console);
  console.out << *text;
  return ExitCode::Success;
}

ExitCode report_unknown(const Arguments& arguments, const std::string& name, Console& console) {
  std::string nearest;
  if (const auto document = ask_host(arguments, "/v1/jobs")) {
    if (const auto names = job_names(*document)) nearest = nearest_name(name, *names);
  }
  console.error << format("weir: job: no job {}{}\n",
                          name,
                          nearest.empty() ? "" : format(", did you mean {}?", nearest));
  return ExitCode::Refused;
}

bool fits_address(const std::string& name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

ExitCode show(const Arguments& arguments, const std::string& name, Console& console) {
  if (!fits_address(name)) return report_unknown(arguments, name, console);
  const auto document = ask_host(arguments, "/v1/jobs/" + name);
  if (!document && document.error().kind() == ErrorKind::NotFound) {
    return report_unknown(arguments, name, console);
  }
  if (!document) return report("job", document.error(), console);
  if (arguments.has("json")) {
    console.out << *document;
    return ExitCode::Success;
  }
  const auto text = job_text(*document);
  if (!text) return report("job", text.error(), console);
  console.out << *text;
  return ExitCode::Success;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string& action = arguments.positional.front();
  const std::size_t count = arguments.positional.size();
  if (action == "list" && count == 1) return list(arguments, console);
  if (action == "show" && count == 2) return show(arguments, arguments.positional[1], console);
  console.error << "weir: job: say weir job list or weir job show NAME\n";
  return ExitCode::Usage;
}

}  // namespace

Subcommand job_subcommand() {
  std::vector<OptionDeclaration> options = remote_options();
  options.push_back({"names", "", "list: only the names"});
  return {
      "job",
      "list | show NAME [--http ADDRESS | --from FILE] [--json]",
      "list the jobs of the running host, or look into one",
      R"(show prints, for each operator, rows in and out, where its watermark stands and who holds
it, what was set aside and why, how long it waited for room behind it, its keys and their memory;
for each split, position and lag; the side streams; the plugin's own counters.

Examples:
  weir job list
  weir job show enter-cn
  weir job show enter-cn --json | jq '.operators[] | {uid, rows_in, rows_out}'

Ends with 1 when there is no such job, with 3 when no host answers.
)",
      {std::move(options), 1, 2},
      run};
}

}  // namespace weir
