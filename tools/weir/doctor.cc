// weir doctor: whether the world is as the jobs of a file need it.
#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/terminal_log.h"
#include "connectors/finding.h"
#include "jobs_files.h"
#include "subcommand.h"

namespace weir {
namespace {

namespace json = boost::json;
using Level = Finding::Level;

constexpr std::uintmax_t kGiB = 1ULL << 30;
constexpr rlim_t kFilesPerJob = 512;
constexpr int kClientMin = 0x020e0000;  // 2.14.0: earlier ones lose exactly-once.

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Good: return "good";
    case Level::Doubt: return "doubt";
    case Level::Problem: return "problem";
  }
  return "problem";
}

// Of the file system that holds the folder, which may not be there yet.
Finding look_at_disk(std::filesystem::path folder) {
  const std::string subject = format("state directory {}", folder.string());
  std::error_code problem;
  while (!std::filesystem::exists(folder, problem) && folder.has_relative_path())
    folder = folder.parent_path();
  const auto space = std::filesystem::space(folder, problem);
  if (problem) {
    return {Level::Problem, subject, problem.message(), "choose a folder that can be reached"};
  }
  const std::string found = format(
      "{:.1f} GiB are free", static_cast<double>(space.available) / static_cast<double>(kGiB));
  const bool is_tight = space.available < kGiB || space.available < space.capacity / 20;
  if (!is_tight) return {Level::Good, subject, found};
  return {Level::Doubt, subject, found, "make room, or set host.state to a larger disk"};
}

Finding look_at_open_files(std::size_t jobs) {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t wanted = std::max<rlim_t>(1024, jobs * kFilesPerJob);
  const std::string found = format("{}, {} jobs need about {}", limit.rlim_cur, jobs, wanted);
  if (limit.rlim_cur >= wanted) return {Level::Good, "open files", found};
  return {
      Level::Doubt,
      "open files",
      found,
      format("raise the limit: ulimit -n {}, or LimitNOFILE={} of the service", wanted, wanted)};
}

Finding look_at_client() {
  const std::string found = format("librdkafka {}", rd_kafka_version_str());
  if (rd_kafka_version() >= kClientMin) return {Level::Good, "kafka client", found};
  return {Level::Problem, "kafka client", found, "build weir with librdkafka 2.14 or later"};
}

// By the connector's name.
struct Ports {
  std::vector<PortRequest> sources;
  std::vector<PortRequest> sinks;
};

std::map<std::string, Ports> ports_of(const JobSpec& job) {
  std::map<std::string, Ports> ports;
  for (const SourceSpec& source : job.sources)
    ports[source.connector].sources.push_back(source.request);
  for (const SinkSpec& sink : job.sinks)
    ports[sink.connector].sinks.push_back(sink.request);
  for (const SideSpec& side : job.sides)
    ports[side.connector].sinks.push_back(side.request);
  return ports;
}

// Several jobs find the same of a cluster: it is said once.
std::vector<Finding> look_at(const JobsFile& file, HostConnectors& connectors) {
  std::vector<Finding> findings = {
      look_at_client(), look_at_disk(file.host.state), look_at_open_files(file.jobs.size())};
  std::set<std::pair<std::string, std::string>> said;
  for (const JobSpec& job : file.jobs) {
    for (const auto& [name, ports] : ports_of(job)) {
      for (const Connector* connector : connectors.own()) {
        if (connector->name() != name) continue;
        for (Finding& finding : connector->examine(ports.sources, ports.sinks)) {
          if (!said.emplace(finding.subject, finding.found).second) continue;
          findings.push_back(std::move(finding));
        }
      }
    }
  }
  return findings;
}

void print(const std::vector<Finding>& findings, Console& console) {
  for (const Finding& finding : findings) {
    console.out << format("{:<8} {}: {}\n", name_of(finding.level), finding.subject, finding.found);
    if (!finding.advice.empty()) console.out << format("         → {}\n", finding.advice);
  }
}

json::object document(const std::string& file, const std::vector<Finding>& findings) {
  json::array list;
  for (const Finding& finding : findings) {
    list.push_back({{"level", name_of(finding.level)},
                    {"subject", finding.subject},
                    {"found", finding.found},
                    {"advice", finding.advice}});
  }
  return {{"file", file}, {"findings", list}};
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string file =
      arguments.positional.empty() ? kJobsFileDefault : arguments.positional.front();
  const auto log = make_terminal_log(LogLevel::Error);
  const SystemClock clock;
  HostConnectors connectors(clock, *log);
  const LoadedJobs loaded = load_jobs_as_asked(file, arguments, connectors);
  if (!loaded.mistakes.empty()) {
    print_mistakes(loaded.mistakes, console);
    return ExitCode::Refused;
  }
  const std::vector<Finding> findings = look_at(loaded.jobs, connectors);
  if (arguments.has("json")) {
    console.out << json::serialize(document(file, findings)) << '\n';
  } else {
    print(findings, console);
  }
  const bool is_well = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.level == Level::Problem;
  });
  return is_well ? ExitCode::Success : ExitCode::Refused;
}

}  // namespace

Subcommand doctor_subcommand() {
  return {"doctor",
          "[FILE] [--plugin-path FOLDER]… [--json]",
          "look whether Kafka and this machine are as the jobs need them",
          R"(Checks FILE (jobs.toml when none is given) as `weir check` does, then looks at what its
jobs need: brokers, topics, rights (topics, group, transactional ids), clocks, disk, limits,
versions. Says of each what was found and, where something is wrong, what to do. Runs no job.
In Kafka it leaves nothing but the transactional id weir-JOB-doctor for jobs with exactly-once
sinks.

Examples:
  weir doctor
  weir doctor --json | jq -r '.findings[] | select(.level != "good") | .advice'

Ends with 0 when there is no problem (doubts may be left), else with 1.
)",
          {{plugin_path_option(), json_option()}, 0, 1},
          run};
}

}  // namespace weir
