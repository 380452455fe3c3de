// weir check: everything that is wrong with a jobs file.
#include <ostream>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/format.h"
#include "base/terminal_log.h"
#include "jobs_files.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

namespace json = boost::json;

json::object document(const std::string& file, const LoadedJobs& loaded) {
  json::array mistakes;
  for (const Mistake& mistake : loaded.mistakes) {
    mistakes.push_back({{"line", mistake.position.line},
                        {"column", mistake.position.column},
                        {"key", mistake.key},
                        {"found", mistake.found},
                        {"expected", mistake.expected},
                        {"nearest", mistake.nearest},
                        {"text", text(mistake)}});
  }
  json::array jobs;
  if (loaded.mistakes.empty()) {
    for (const JobSpec& job : loaded.jobs.jobs) {
      json::object delivery;
      for (const SinkSpec& sink : job.sinks)
        delivery[sink.uid] = name_of(sink.delivery);
      for (const SideSpec& side : job.sides)
        delivery["side." + side.stream] = name_of(side.delivery);
      jobs.push_back({{"name", job.name},
                      {"plugin", job.plugin},
                      {"plugin_path", job.plugin_path.string()},
                      {"type", job.type},
                      {"class", job.job_class},
                      {"delivery", delivery}});
    }
  }
  return {{"file", file}, {"mistakes", mistakes}, {"jobs", jobs}};
}

std::string connections(const JobSpec& job) {
  std::string text;
  const auto add = [&](const std::string& port, const std::string& connector) {
    text += (text.empty() ? "" : ", ") + port + ": " + connector;
  };
  for (const SourceSpec& source : job.sources)
    add(source.uid, source.connector);
  const auto add_out = [&](const std::string& port, const auto& sink) {
    add(port, format("{} ({})", sink.connector, name_of(sink.delivery)));
  };
  for (const SinkSpec& sink : job.sinks)
    add_out(sink.uid, sink);
  for (const SideSpec& side : job.sides)
    add_out(side.stream, side);
  return text;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string file =
      arguments.positional.empty() ? kJobsFileDefault : arguments.positional.front();
  const auto log = make_terminal_log(LogLevel::Warning);
  const SystemClock clock;
  const HostConnectors connectors(clock, *log);
  const LoadedJobs loaded = load_jobs_as_asked(file, arguments, connectors);
  const ExitCode code = loaded.mistakes.empty() ? ExitCode::Success : ExitCode::Refused;
  if (arguments.has("json")) {
    console.out << json::serialize(document(file, loaded)) << '\n';
    return code;
  }
  if (!loaded.mistakes.empty()) {
    print_mistakes(loaded.mistakes, console);
    return code;
  }
  TextTable table({Align::Left, Align::Left, Align::Left});
  for (const JobSpec& job : loaded.jobs.jobs) {
    table.add({job.name, job.plugin + '/' + job.type, connections(job)});
  }
  const std::size_t count = loaded.jobs.jobs.size();
  console.out << format("{}: {} job{}, no mistakes\n", file, count, count == 1 ? "" : "s")
              << table.text(2);
  return code;
}

}  // namespace

Subcommand check_subcommand() {
  return {
      "check",
      "[FILE] [--plugin-path FOLDER]… [--json]",
      "find all mistakes in a jobs file",
      R"(Reads FILE (jobs.toml when none is given) and what plugins say about themselves; runs and
connects nothing. Every mistake is reported with file, line, column and key, what was found, what
would be right and, for a mistyped name, the nearest valid one. Secrets are never shown.

Examples:
  weir check
  weir check jobs.toml --plugin-path build/release/plugins
  weir check jobs.toml --json | jq -r '.mistakes[].text'

Ends with 0 when there is no mistake, else with 1.
)",
      {{plugin_path_option(), json_option()}, 0, 1},
      run};
}

}  // namespace weir
