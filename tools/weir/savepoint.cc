// weir savepoint: copies of a job's state under names.
#include "checkpoint/savepoint.h"

#include <ostream>
#include <string>

#include "base/clock.h"
#include "base/format.h"
#include "checkpoint/savepoint_manifest.h"
#include "checkpoint/state_folder.h"
#include "host/time_text.h"
#include "running_state.h"
#include "state_place.h"
#include "subcommand.h"

namespace weir {
namespace {

ExitCode report(std::string_view action, const Error& error, Console& console) {
  console.error << "weir: savepoint " << action << ": " << error.message() << '\n';
  return error.kind() == ErrorKind::Unavailable ? ExitCode::Unavailable : ExitCode::Refused;
}

// {"name":"before","magic":"weir-savepoint",…
std::string json_line(const Savepoint& savepoint) {
  return format(R"({{"name":"{}",)", savepoint.name) + encode_savepoint(savepoint).substr(1);
}

std::string plain_line(const Savepoint& savepoint) {
  std::uint64_t bytes = 0;
  for (const SavedFile& file : savepoint.files)
    bytes += file.size;
  return format("{}  epoch {}  {}  {} files, {} bytes\n",
                savepoint.name,
                savepoint.head.epoch,
                time_text(savepoint.made),
                savepoint.files.size(),
                bytes);
}

void print(const Savepoint& savepoint, const Arguments& arguments, Console& console) {
  console.out << (arguments.has("json") ? json_line(savepoint) : plain_line(savepoint));
}

ExitCode create(const Arguments& arguments, Console& console) {
  const std::string& job = arguments.positional[1];
  const std::string& name = arguments.positional[2];
  const auto made =
      is_with_host(arguments, job)
          ? save_running(arguments, job, name)
          : create_savepoint(state_directory(arguments), job, name, SystemClock().wall_now());
  if (!made) return report("create", made.error(), console);
  print(*made, arguments, console);
  return ExitCode::Success;
}

ExitCode list(const Arguments& arguments, Console& console) {
  const auto found = list_savepoints(state_directory(arguments), arguments.positional[1]);
  if (!found) return report("list", found.error(), console);
  for (const Savepoint& savepoint : *found)
    print(savepoint, arguments, console);
  return ExitCode::Success;
}

ExitCode inspect(const Arguments& arguments, Console& console) {
  const auto folder = savepoints_folder(state_directory(arguments), arguments.positional[1]) /
                      arguments.positional[2];
  const auto found = inspect_savepoint(folder);
  if (!found) return report("inspect", found.error(), console);
  print(*found, arguments, console);
  if (arguments.has("json")) return ExitCode::Success;
  console.out << format("job {}, {} key groups\n", found->header.job, found->header.key_groups);
  for (const SourcePositions& source : found->head.positions) {
    for (const SplitPosition& split : source.positions)
      console.out << format("position  {}  {}  {}\n", source.source, split.split, split.position);
  }
  return ExitCode::Success;
}

ExitCode restore(const Arguments& arguments, Console& console) {
  const auto aside = restore_savepoint(
      state_directory(arguments), arguments.positional[1], arguments.positional[2]);
  if (!aside) return report("restore", aside.error(), console);
  console.out << "restored " << arguments.positional[2] << '\n';
  if (!aside->empty()) console.out << "what was there before: " << aside->string() << '\n';
  return ExitCode::Success;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string& action = arguments.positional.front();
  const std::size_t count = arguments.positional.size();
  if (action == "create" && count == 3) return create(arguments, console);
  if (action == "list" && count == 2) return list(arguments, console);
  if (action == "inspect" && count == 3) return inspect(arguments, console);
  if (action == "restore" && count == 3) return restore(arguments, console);
  console.error << "weir: savepoint: say weir savepoint list JOB, or create, inspect or restore "
                   "with JOB NAME\n";
  return ExitCode::Usage;
}

}  // namespace

Subcommand savepoint_subcommand() {
  return {"savepoint",
          "create|inspect|restore JOB NAME, list JOB [--state DIR | --http ADDR] [--json]",
          "keep a job's state under a name, or go back to it",
          R"(A savepoint is a copy of the durable state as of its last committed epoch, with the
positions of the sources. Files that do not change are shared: it needs room only as
the state moves on. inspect and restore compare every file with its checksum.

create may be done while the job runs: its host makes the savepoint then, between two epochs, and
rows flow on. The host is found as weir status finds it. restore is for a job that does not run: it
exchanges the state in one step and keeps what was there before beside it; the job then goes on from
the positions of the savepoint, so that its sinks get again what followed.

Examples:
  weir savepoint create enter-cn before-upgrade
  weir savepoint list enter-cn
  weir savepoint restore enter-cn before-upgrade
  weir state diff enter-cn@before-upgrade enter-cn

Ends with 1 when there is no such job or savepoint, the name is taken or a file is damaged; with 3
when a process has the state open that is to be restored, or a running host cannot be asked.
)",
          {state_options(), 2, 3},
          run};
}

}  // namespace weir
