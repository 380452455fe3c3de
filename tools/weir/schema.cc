// weir schema: the records at the ports of jobs.
#include <algorithm>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/format.h"
#include "base/terminal_log.h"
#include "config/nearest.h"
#include "jobs_files.h"
#include "plugin/plugin.h"
#include "plugin_text.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

namespace json = boost::json;

struct Port {
  std::string job;
  std::string uid;
  bool is_source = false;
  std::shared_ptr<const RecordSchema> record;

  std::string path() const { return job + '/' + uid; }
};

void add_ports(const std::string& job_name, const JobDescription& job, std::vector<Port>& ports) {
  for (const OperatorDescription& op : job.operators) {
    if (op.kind == OperatorKind::Source) ports.push_back({job_name, op.uid, true, op.output});
    if (op.kind == OperatorKind::Sink && !op.inputs.empty()) {
      ports.push_back({job_name, op.uid, false, job.operators.at(op.inputs.front()).output});
    }
  }
}

Result<std::vector<Port>> ports_of_plugin(const std::string& file) {
  TRY(const auto plugin, read_manifest(file));
  std::vector<Port> ports;
  for (const JobDescription& job : plugin.jobs)
    add_ports(job.name, job, ports);
  return ports;
}

Result<std::vector<Port>> ports_of_jobs(const LoadedJobs& loaded) {
  std::vector<Port> ports;
  for (const JobSpec& spec : loaded.jobs.jobs) {
    TRY(const auto plugin, read_manifest(spec.plugin_path));
    for (const JobDescription& job : plugin.jobs) {
      if (job.name == spec.type) add_ports(spec.name, job, ports);
    }
  }
  return ports;
}

// Every record type that `record` is made of, itself first.
void collect(const RecordSchema& record, std::vector<const RecordSchema*>& records) {
  const auto is_same = [&](const RecordSchema* other) { return other->name == record.name; };
  if (std::any_of(records.begin(), records.end(), is_same)) return;
  records.push_back(&record);
  for (const Field& field : record.fields) {
    if (field.record) collect(*field.record, records);
  }
}

std::string record_text(const RecordSchema& record) {
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Left});
  for (const Field& field : record.fields) {
    table.add({field.name, type_text(field), field.unit, field.doc});
  }
  std::string text = record.name;
  if (!record.doc.empty()) text += "  " + record.doc;
  return text + '\n' + table.text(2);
}

void print_port(const Port& port, Console& console) {
  console.out << format("{}  {}\n", port.path(), port.is_source ? "source" : "sink");
  std::vector<const RecordSchema*> records;
  if (port.record) collect(*port.record, records);
  for (const RecordSchema* record : records)
    console.out << '\n' << record_text(*record);
}

void print_list(const std::vector<Port>& ports, Console& console) {
  TextTable table({Align::Left, Align::Left, Align::Left});
  for (const Port& port : ports) {
    table.add(
        {port.path(), port.is_source ? "source" : "sink", port.record ? port.record->name : ""});
  }
  console.out << table.text();
}

void print_json(const std::vector<Port>& ports, Console& console) {
  json::array list;
  for (const Port& port : ports) {
    json::value record = nullptr;
    if (port.record) record = json::parse(record_json(*port.record));
    list.push_back({{"job", port.job},
                    {"port", port.uid},
                    {"direction", port.is_source ? "source" : "sink"},
                    {"record", record}});
  }
  console.out << json::serialize(json::object{{"ports", list}}) << '\n';
}

// Those of one job, or the one that is named; empty after saying what there is.
std::vector<Port> selected(const std::vector<Port>& ports,
                           const std::string& name,
                           Console& console) {
  std::vector<Port> chosen;
  std::vector<std::string> names;
  for (const Port& port : ports) {
    if (port.job == name || port.path() == name) chosen.push_back(port);
    names.push_back(port.path());
    if (std::find(names.begin(), names.end(), port.job) == names.end()) names.push_back(port.job);
  }
  if (!chosen.empty()) return chosen;
  const std::string nearest = nearest_name(name, names);
  console.error << format(
      "weir: schema: no job or port {}{}\n",
      name,
      nearest.empty() ? "; weir schema lists them all" : format(", did you mean {}?", nearest));
  return {};
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string from = arguments.value("from").value_or(kJobsFileDefault);
  Result<std::vector<Port>> ports = std::vector<Port>();
  if (from.ends_with(".so")) {
    ports = ports_of_plugin(from);
  } else {
    const auto log = make_terminal_log(LogLevel::Warning);
    const SystemClock clock;
    const HostConnectors connectors(clock, *log);
    const LoadedJobs loaded = load_jobs_as_asked(from, arguments, connectors);
    if (!loaded.mistakes.empty()) {
      print_mistakes(loaded.mistakes, console);
      return ExitCode::Refused;
    }
    ports = ports_of_jobs(loaded);
  }
  if (!ports) {
    console.error << "weir: schema: " << ports.error().message() << '\n';
    return ExitCode::Unavailable;
  }
  const bool is_chosen = !arguments.positional.empty();
  const std::vector<Port> chosen =
      is_chosen ? selected(*ports, arguments.positional.front(), console) : *ports;
  if (is_chosen && chosen.empty()) return ExitCode::Refused;
  if (arguments.has("json")) {
    print_json(chosen, console);
  } else if (!is_chosen) {
    print_list(chosen, console);
  } else {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (i > 0) console.out << '\n';
      print_port(chosen[i], console);
    }
  }
  return ExitCode::Success;
}

}  // namespace

Subcommand schema_subcommand() {
  return {
      "schema",
      "[JOB[/PORT]] [--from FILE] [--plugin-path FOLDER]… [--json]",
      "show the records at the ports of jobs",
      R"(Without an argument, the ports of all jobs; with one, each field of the records there: its
type, unit and meaning. JOB is the name of a job in jobs.toml or, from a plugin, one of its types.

Examples:
  weir schema
  weir schema enter-cn/labels
  weir schema enter --from build/release/plugins/libclassroom.so
)",
      {{{"from", "FILE", "a jobs file (default jobs.toml) or a plugin", Completion::File},
        plugin_path_option(),
        json_option()},
       0,
       1},
      run};
}

}  // namespace weir
