// weir inspect: what a plugin says about itself.
#include <filesystem>
#include <ostream>
#include <system_error>

#include <boost/json.hpp>

#include "base/format.h"
#include "plugin/plugin.h"
#include "plugin_text.h"
#include "subcommand.h"
#include "text_table.h"

namespace weir {
namespace {

std::string parameters_text(const std::vector<Parameter>& parameters, std::size_t indent) {
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Left});
  for (const Parameter& parameter : parameters) {
    table.add({parameter.name,
               std::string(name_of(parameter.type)),
               value_text(parameter),
               parameter.doc});
  }
  return table.text(indent);
}

std::string operators_text(const JobDescription& job) {
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Left, Align::Left});
  for (const OperatorDescription& op : job.operators) {
    std::string inputs;
    for (const std::size_t input : op.inputs) {
      inputs += (inputs.empty() ? "from " : ", ") + job.operators.at(input).uid;
    }
    table.add({op.uid, std::string(name_of(op.kind)), inputs, details_text(op), op.doc});
  }
  return table.text(4);
}

std::string connectors_text(std::string_view kind,
                            const std::vector<ConnectorDescription>& connectors) {
  std::string text;
  for (const ConnectorDescription& connector : connectors) {
    text += format("\n{} connector plugin:{}", kind, connector.name);
    text += connector.doc.empty() ? "\n" : format("  {}\n", connector.doc);
    if (connector.has_own_threads) text += "  has threads of its own\n";
    text += parameters_text(connector.parameters, 4);
  }
  return text;
}

std::string plugin_text(const PluginDescription& plugin) {
  std::string text = format(
      "{} {}  (ABI {}.{})\n", plugin.name, plugin.version, plugin.abi_major, plugin.abi_minor);
  if (!plugin.doc.empty()) text += plugin.doc + '\n';
  for (const JobDescription& job : plugin.jobs) {
    text += format("\njob {}", job.name);
    text += job.doc.empty() ? "\n" : format("  {}\n", job.doc);
    if (!job.parameters.empty()) text += "  parameters\n" + parameters_text(job.parameters, 4);
    if (!job.pools.empty()) {
      text += "  pools\n";
      for (const std::string& pool : job.pools)
        text += "    " + pool + '\n';
    }
    text += "  operators\n" + operators_text(job);
  }
  text += connectors_text("source", plugin.source_connectors);
  text += connectors_text("sink", plugin.sink_connectors);
  return text;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string& file = arguments.positional.front();
  const auto plugin = read_manifest(file);
  if (!plugin) {
    console.error << "weir: inspect: " << plugin.error().message() << '\n';
    std::error_code problem;
    return std::filesystem::exists(file, problem) ? ExitCode::Refused : ExitCode::Unavailable;
  }
  if (arguments.has("json")) {
    console.out << plugin_json(*plugin) << '\n';
  } else {
    console.out << plugin_text(*plugin);
  }
  return ExitCode::Success;
}

}  // namespace

Subcommand inspect_subcommand() {
  return {"inspect",
          "PLUGIN.so [--json]",
          "show what a plugin says about itself, running none of it",
          R"(Reads the manifest in the file: name, version, ABI; its jobs with parameters, pools and
operators; its connectors. The library is not loaded.

Examples:
  weir inspect build/release/plugins/libclassroom.so
  weir inspect libclassroom.so --json | jq -r '.jobs[].name'

Ends with 1 when the file is no plugin, with 3 when it is not there.
)",
          {{json_option()}, 1, 1},
          run};
}

}  // namespace weir
