// weir plugin: the versions of plugins that a host has in store.
#include "plugin/plugin.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "base/format.h"
#include "host/time_text.h"
#include "plugin_add.h"
#include "plugin_text.h"
#include "registry/version_store.h"
#include "store_place.h"
#include "subcommand.h"
#include "text_table.h"
#include "version_text.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::size_t kArgumentsMax = 1'000;
constexpr std::size_t kKeepDefault = 3;
constexpr std::size_t kHashShown = 12;

ExitCode report(std::string_view action, const Error& error, Console& console) {
  console.error << format("weir: plugin {}: {}\n", action, error.message());
  return error.kind() == ErrorKind::Unavailable ? ExitCode::Unavailable : ExitCode::Refused;
}

// Those that are named, or all.
Result<std::vector<StoredVersion>> chosen(const VersionStore& store, const Arguments& arguments) {
  std::vector<StoredVersion> versions;
  if (arguments.positional.size() == 1) {
    TRY(auto contents, store.read());
    return std::move(contents.versions);
  }
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    TRY(auto found, find_versions(store, arguments.positional[i]));
    versions.insert(versions.end(), found.begin(), found.end());
  }
  return versions;
}

ExitCode list(const Arguments& arguments, Console& console) {
  const VersionStore store = store_of(arguments);
  const auto contents = store.read();
  if (!contents) return report("list", contents.error(), console);
  const auto versions = chosen(store, arguments);
  if (!versions) return report("list", versions.error(), console);
  for (const Error& damaged : contents->damaged)
    console.error << "weir: plugin list: " << damaged.message() << '\n';
  const ExitCode code = contents->damaged.empty() ? ExitCode::Success : ExitCode::Refused;
  if (arguments.has("json")) {
    for (const StoredVersion& version : *versions)
      console.out << json::serialize(version_json(version)) << '\n';
    return code;
  }
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Right, Align::Left, Align::Left});
  for (const StoredVersion& version : *versions) {
    const std::size_t others = version.files.size() - 1;
    table.add({version.plugin,
               version.version,
               version.hash.substr(0, kHashShown),
               bytes_text(size_of(version)),
               time_text(version.added),
               others == 0 ? "" : format("private libraries: {}", others)});
  }
  console.out << table.text();
  return code;
}

void print(const StoredVersion& version, const PluginDescription& plugin, Console& console) {
  console.out << format("{}  (ABI {}.{}), added {}\n{}\n",
                        name_of(version),
                        version.abi_major,
                        version.abi_minor,
                        time_text(version.added),
                        version.folder.string());
  TextTable files({Align::Left, Align::Right, Align::Left});
  for (const StoredFile& file : version.files) {
    files.add({file.name, bytes_text(file.size), "sha256 " + file.sha256});
    files.add({"", "", "build id " + (file.build_id.empty() ? "none" : file.build_id)});
  }
  console.out << files.text(2);
  for (const JobDescription& job : plugin.jobs)
    console.out << format("job {}{}{}\n", job.name, job.doc.empty() ? "" : "  ", job.doc);
}

ExitCode show(const Arguments& arguments, Console& console) {
  const auto versions = chosen(store_of(arguments), arguments);
  if (!versions) return report("show", versions.error(), console);
  for (const StoredVersion& version : *versions) {
    const auto plugin = read_manifest(version.library());
    if (!plugin) return report("show", plugin.error(), console);
    if (arguments.has("json")) {
      json::object line = version_json(version);
      line["manifest"] = json::parse(plugin_json(*plugin));
      console.out << json::serialize(line) << '\n';
    } else {
      print(version, *plugin, console);
    }
  }
  return ExitCode::Success;
}

ExitCode verify(const Arguments& arguments, Console& console) {
  const VersionStore store = store_of(arguments);
  const auto contents = store.read();
  if (!contents) return report("verify", contents.error(), console);
  const auto versions = chosen(store, arguments);
  if (!versions) return report("verify", versions.error(), console);
  ExitCode worst = ExitCode::Success;
  for (const Error& damaged : contents->damaged)
    worst = std::max(worst, report("verify", damaged, console));
  for (const StoredVersion& version : *versions) {
    const Status verified = verify_stored_version(version);
    if (arguments.has("json")) {
      json::object line = version_json(version);
      line["good"] = verified.has_value();
      if (!verified) line["problem"] = verified.error().message();
      console.out << json::serialize(line) << '\n';
    }
    if (!verified) {
      worst = std::max(worst, report("verify", verified.error(), console));
    } else if (!arguments.has("json")) {
      console.out << name_of(version) << "  good\n";
    }
  }
  return worst;
}

ExitCode remove(const Arguments& arguments, Console& console) {
  VersionStore store = store_of(arguments);
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& text = arguments.positional[i];
    if (text.find('@') == std::string::npos) {
      console.error << "weir: plugin remove: say which version: " << text << "@VERSION\n";
      return ExitCode::Usage;
    }
  }
  const auto versions = chosen(store, arguments);
  if (!versions) return report("remove", versions.error(), console);
  for (const StoredVersion& version : *versions) {
    const Status removed = store.remove(version, version_needs(arguments));
    if (!removed) return report("remove", removed.error(), console);
    if (arguments.has("json")) {
      console.out << json::serialize(version_json(version)) << '\n';
    } else {
      console.out << "removed " << name_of(version) << '\n';
    }
  }
  return ExitCode::Success;
}

void print_json(const VersionStore::Collected& collected, Console& console) {
  json::array removed;
  for (const StoredVersion& version : collected.removed)
    removed.push_back(version_json(version));
  json::array kept;
  for (const auto& each : collected.kept) {
    json::object line = version_json(each.version);
    line["reason"] = each.reason;
    kept.push_back(std::move(line));
  }
  console.out << json::serialize(json::object{
                     {"removed", removed}, {"kept", kept}, {"leftovers", collected.leftovers}})
              << '\n';
}

ExitCode collect(const Arguments& arguments, Console& console) {
  std::size_t keep = kKeepDefault;
  if (const auto text = arguments.value("keep")) {
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), keep);
    if (problem != std::errc() || end != text->data() + text->size() || keep == 0) {
      console.error << "weir: plugin gc: --keep wants a number from 1 on, not " << *text << '\n';
      return ExitCode::Usage;
    }
  }
  const bool only_tell = arguments.has("dry-run");
  const auto collected = store_of(arguments).collect(keep, version_needs(arguments), only_tell);
  if (!collected) return report("gc", collected.error(), console);
  if (arguments.has("json")) {
    print_json(*collected, console);
    return ExitCode::Success;
  }
  std::uint64_t bytes = 0;
  for (const StoredVersion& version : collected->removed) {
    bytes += size_of(version);
    console.out << (only_tell ? "would remove " : "removed ") << name_of(version) << '\n';
  }
  for (const auto& each : collected->kept)
    console.out << format("kept {}: {}\n", name_of(each.version), each.reason);
  console.out << format("{} versions, {}; {} leftovers of processes that died\n",
                        collected->removed.size(),
                        bytes_text(bytes),
                        collected->leftovers);
  return ExitCode::Success;
}

// What follows `weir plugin`.
struct Action {
  ExitCode (*run)(const Arguments& arguments, Console& console);
  std::size_t arguments_min;
  std::size_t arguments_max;
};

const std::map<std::string, Action, std::less<>>& actions() {
  static const std::map<std::string, Action, std::less<>> all = {
      {"add", {add_plugins, 1, kArgumentsMax}},
      {"list", {list, 0, kArgumentsMax}},
      {"show", {show, 1, kArgumentsMax}},
      {"verify", {verify, 0, kArgumentsMax}},
      {"remove", {remove, 1, kArgumentsMax}},
      {"gc", {collect, 0, 0}}};
  return all;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const auto action = actions().find(arguments.positional.front());
  const std::size_t count = arguments.positional.size() - 1;
  if (action == actions().end() || count < action->second.arguments_min ||
      count > action->second.arguments_max) {
    console.error << "weir: plugin: say weir plugin add FILE…, list, show PLUGIN, verify, remove "
                     "PLUGIN@VERSION, or gc\n";
    return ExitCode::Usage;
  }
  return action->second.run(arguments, console);
}

}  // namespace

Subcommand plugin_subcommand() {
  return {"plugin",
          "add FILE… | list | show PLUGIN | verify | remove PLUGIN@VERSION | gc [--json]",
          "keep versions of plugins, each judged before it is taken",
          R"(A store holds versions of plugins, read-only, each under the hash of what it is. A host
loads a job's plugin from there when the store of its jobs file ([host] store, var/plugins if not
given) has it.

add judges each FILE, a library or the folder of a bundle (weir pack), without running it: manifest
and ABI, what it exports and needs, how it was linked. Then a process that is thrown away loads it.
All that speaks against a file is said. A version number that is taken by other files is refused.
list, show and verify take PLUGIN or PLUGIN@VERSION; verify reads every byte. remove refuses what
a process has loaded, what jobs.lock names and what the last three generations ran; gc removes all
versions but the newest of each plugin and those.

Options of add: --dry-run judges only; --limit TIME for the load, 10s if not given.
Options of gc: --keep N, 3 if not given; --dry-run.

Examples:
  weir plugin add build/release/plugins/libclassroom.so
  weir plugin list
  weir plugin show classroom@1.4.0
  weir plugin verify
  weir plugin remove classroom@1.3.0
  weir plugin gc --keep 2

Ends with 1 when a file is refused, a version damaged or not there or needed; with 3 when a file
cannot be read or the store not written.
)",
          {{store_option(),
            needing_jobs_option(),
            {"keep", "N", "gc: how many versions of each plugin stay"},
            {"dry-run", "", "add, gc: change nothing, say what would be"},
            {"limit", "TIME", "add: how long loading may take"},
            json_option()},
           1,
           kArgumentsMax},
          run};
}

}  // namespace weir
