// weir pack: a plugin and its private libraries as a bundle.
#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/format.h"
#include "registry/bundle.h"
#include "registry/candidate.h"
#include "registry/gate.h"
#include "subcommand.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

ExitCode report(const Error& error, Console& console) {
  console.error << "weir: pack: " << error.message() << '\n';
  const bool is_away =
      error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::Unavailable;
  return is_away ? ExitCode::Unavailable : ExitCode::Refused;
}

// "libclassroom.so" → "classroom.bundle".
fs::path bundle_of(const Arguments& arguments) {
  if (const auto given = arguments.value("out")) return *given;
  std::string stem = fs::path(arguments.positional.front()).stem();
  if (stem.starts_with("lib")) stem.erase(0, 3);
  return stem + ".bundle";
}

void print(const fs::path& bundle,
           const std::vector<PackedLibrary>& libraries,
           const Arguments& arguments,
           Console& console) {
  json::array list;
  for (const PackedLibrary& library : libraries) {
    list.push_back(json::object{
        {"needed", library.needed}, {"name", library.name}, {"from", library.from.string()}});
  }
  if (arguments.has("json")) {
    console.out << json::serialize(json::object{{"bundle", bundle.string()}, {"libraries", list}})
                << '\n';
    return;
  }
  console.out << "packed " << bundle.string() << '\n';
  for (const PackedLibrary& library : libraries)
    console.out << format("  {}  from {}\n", library.name, library.from.string());
}

// Made under another name, so that what has the right one is whole.
Result<std::vector<PackedLibrary>> pack(const PackRequest& request) {
  TRY(const HostSide host, read_host_side());
  TRY(auto libraries, pack_bundle(request, host, SystemClock()));
  TRY(const Candidate candidate, read_candidate(request.bundle));
  const Verdict verdict = judge(candidate, host);
  if (verdict.is_admitted()) return libraries;
  std::string all;
  for (const GateFinding& finding : verdict.findings)
    all += format("{}{}: {}", all.empty() ? "" : "\n", finding.rule, finding.text);
  return Error(ErrorKind::Invalid, all);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const fs::path bundle = bundle_of(arguments);
  PackRequest request{arguments.positional.front(), {}, bundle.string() + ".new"};
  for (const std::string& folder : arguments.values("library-path"))
    request.library_folders.emplace_back(folder);
  std::error_code problem;
  if (fs::exists(bundle, problem)) {
    console.error << "weir: pack: " << bundle.string() << " is there already\n";
    return ExitCode::Refused;
  }
  fs::remove_all(request.bundle, problem);
  const auto libraries = pack(request);
  if (!libraries) {
    fs::remove_all(request.bundle, problem);
    return report(libraries.error(), console);
  }
  fs::rename(request.bundle, bundle, problem);
  if (problem) {
    return report(Error(ErrorKind::Unavailable, bundle.string() + ": " + problem.message()),
                  console);
  }
  print(bundle, *libraries, arguments, console);
  return ExitCode::Success;
}

}  // namespace

Subcommand pack_subcommand() {
  return {
      "pack",
      "PLUGIN.so [--library-path FOLDER]… [--out BUNDLE] [--json]",
      "make a bundle of a plugin and its private libraries",
      R"(A plugin should link archives. One that needs shared libraries beside those of C and C++
takes them along in a bundle: a folder for `weir plugin add`. They are looked for in the folders
of --library-path, then where the plugin itself has them looked for.

Each library in a bundle gets a name that is made of its content, so that two versions of it can
be loaded into one host, each by those jobs that came with it. Runs patchelf. BUNDLE is
NAME.bundle if not given; the gate judges it as `weir plugin add` will.

Examples:
  weir pack build/libclassroom.so
  weir pack build/libclassroom.so --library-path /opt/fastjson/lib --out classroom-1.4.0
  weir plugin add classroom-1.4.0

Ends with 1 when the plugin needs no private library or the gate refuses it, with 3 when a library
is not found.
)",
      {{{"library-path", "FOLDER", "look for libraries here", Completion::Folder, true},
        {"out", "BUNDLE", "the folder to make", Completion::Folder},
        json_option()},
       1,
       1},
      run};
}

}  // namespace weir
