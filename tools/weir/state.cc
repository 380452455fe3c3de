// weir state: what jobs keep, with the names of its fields.
#include <map>
#include <ostream>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "checkpoint/stored_state.h"
#include "running_state.h"
#include "state_lines.h"
#include "state_place.h"
#include "subcommand.h"

namespace weir {
namespace {

ExitCode report(std::string_view action, const Error& error, Console& console) {
  console.error << "weir: state " << action << ": " << error.message() << '\n';
  return error.kind() == ErrorKind::Unavailable ? ExitCode::Unavailable : ExitCode::Refused;
}

Result<std::unique_ptr<StoredState>> open_place(const Arguments& arguments, std::size_t index) {
  const std::string& text = arguments.positional[index];
  const bool is_job = text.find_first_of("/@") == std::string::npos;
  if (is_job && is_with_host(arguments, text)) return open_running(arguments, text);
  return open_stored_state(state_place(arguments, text));
}

// attempts  2026-11-20T08:00:00.000Z  {"user_id":"s5"}  {"steps":3}
std::string plain_line(const std::string& line) {
  const auto parsed = boost::json::parse(line);
  const auto& object = parsed.get_object();
  std::string text(object.at("uid").get_string());
  if (const auto* from = object.if_contains("from")) {
    text.append("  ").append(std::string_view(from->get_string()));
  }
  return text + "  " + boost::json::serialize(object.at("key")) + "  " +
         boost::json::serialize(object.at("value")) + '\n';
}

void print_head(const ImageMetadata& metadata, Console& console) {
  console.out << format("job {}, epoch {}, {} key groups\n",
                        metadata.header()->job,
                        metadata.head().epoch,
                        metadata.header()->key_groups);
  for (const SourcePositions& source : metadata.head().positions) {
    for (const SplitPosition& split : source.positions)
      console.out << format("position  {}  {}  {}\n", source.source, split.split, split.position);
  }
}

ExitCode dump(const Arguments& arguments, Console& console) {
  const auto state = open_place(arguments, 1);
  if (!state) return report("dump", state.error(), console);
  const bool is_json = arguments.has("json");
  const bool is_one = arguments.positional.size() > 2;
  if (!is_json && !is_one) print_head((*state)->metadata(), console);
  const auto printed = print_entries(**state,
                                     is_one ? arguments.positional[2] : std::string(),
                                     [&](const StatePlace& /*place*/, const std::string& line) {
                                       console.out << (is_json ? line + '\n' : plain_line(line));
                                     });
  return printed ? ExitCode::Success : report("dump", printed.error(), console);
}

ExitCode get(const Arguments& arguments, Console& console) {
  const auto state = open_place(arguments, 1);
  if (!state) return report("get", state.error(), console);
  const std::string& uid = arguments.positional[2];
  const ImageMetadata& metadata = (*state)->metadata();
  const auto number = metadata.number_of(uid);
  if (!number) {
    return report(
        "get", Error(ErrorKind::NotFound, format("no state of operator {}", uid)), console);
  }
  const auto texts = OperatorText::make(metadata.operators().at(*number));
  if (!texts) return report("get", texts.error(), console);
  const StateForm* form = (*texts)->form();
  if (form == nullptr || form->kind == StateForm::Kind::Splits) {
    return report("get", Error(ErrorKind::Invalid, "its entries have no key"), console);
  }
  const std::vector<std::string> fields(arguments.positional.begin() + 3,
                                        arguments.positional.end());
  const auto key = encode_key(form->key, fields);
  if (!key) return report("get", key.error(), console);
  // Rows have their side and number behind the key.
  const std::size_t tail = form->kind == StateForm::Kind::Rows ? 5 : 0;
  std::size_t count = 0;
  const auto printed =
      print_entries(**state, uid, [&](const StatePlace& place, const std::string& line) {
        if (place.key.size() != key->size() + tail || !place.key.starts_with(*key)) return;
        ++count;
        console.out << (arguments.has("json") ? line + '\n' : plain_line(line));
      });
  if (!printed) return report("get", printed.error(), console);
  if (count > 0) return ExitCode::Success;
  return report("get", Error(ErrorKind::NotFound, "nothing is kept for this key"), console);
}

// Lines by where they stand.
using Lines = std::map<std::string, std::string>;

Result<Lines> lines_of(const Arguments& arguments, std::size_t index) {
  TRY(const auto state, open_place(arguments, index));
  Lines lines;
  for (const auto& [number, stored] : state->metadata().operators()) {
    const std::string uid = stored.uid;
    TRY_DO(print_entries(*state, uid, [&](const StatePlace& place, const std::string& line) {
      lines[uid + '\0' + entry_key(0, place)] = line;
    }));
  }
  return lines;
}

ExitCode diff(const Arguments& arguments, Console& console) {
  const auto left = lines_of(arguments, 1);
  if (!left) return report("diff", left.error(), console);
  const auto right = lines_of(arguments, 2);
  if (!right) return report("diff", right.error(), console);
  bool is_equal = true;
  const auto print = [&](char sign, const std::string& line) {
    is_equal = false;
    console.out << sign << ' ' << (arguments.has("json") ? line + '\n' : plain_line(line));
  };
  auto at = right->begin();
  for (const auto& [place, line] : *left) {
    for (; at != right->end() && at->first < place; ++at)
      print('+', at->second);
    const bool is_there = at != right->end() && at->first == place;
    if (!is_there || at->second != line) print('-', line);
    if (is_there && at->second != line) print('+', at->second);
    if (is_there) ++at;
  }
  for (; at != right->end(); ++at)
    print('+', at->second);
  return is_equal ? ExitCode::Success : ExitCode::Refused;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string& action = arguments.positional.front();
  const std::size_t count = arguments.positional.size();
  if (action == "get" && count >= 4) return get(arguments, console);
  if (action == "dump" && (count == 2 || count == 3)) return dump(arguments, console);
  if (action == "diff" && count == 3) return diff(arguments, console);
  console.error << "weir: state: say weir state get JOB UID KEY…, weir state dump JOB [UID] or "
                   "weir state diff A B\n";
  return ExitCode::Usage;
}

}  // namespace

Subcommand state_subcommand() {
  constexpr std::size_t kPositionalMax = 64;
  return {
      "state",
      "get JOB UID KEY…|dump JOB [UID]|diff A B [--state DIR] [--http ADDR] [--json]",
      "look into what a job keeps: rows and accumulators by field name",
      R"(Reads the durable state as of its last committed epoch, and changes nothing. Of a job that
runs its host makes a copy (of names only, for files do not change), which is gone when it has been
read. No plugin is needed: the state knows the names of its fields.

JOB, A and B are the name of a job, JOB@SAVEPOINT, or the path of a state's folder (with a slash).
KEY has one argument for each field of the key. Times are RFC 3339. diff prints what only A has
with -, what only B has with +. --json prints one object on a line for each entry.

Examples:
  weir state get enter-cn attempts L5 s5
  weir state dump enter-cn
  weir state dump enter-cn attempts --json | jq 'select(.value.steps > 3)'
  weir state diff enter-cn@before-upgrade enter-cn

Ends with 1 when there is no such job, operator or key, when the state is damaged, or when diff
finds a difference; with 3 when a process has the state open and its host cannot be asked.
)",
      {state_options(), 2, kPositionalMax},
      run};
}

}  // namespace weir
