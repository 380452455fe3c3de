#include "plugin_add.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/format.h"
#include "config/quantity.h"
#include "registry/candidate.h"
#include "registry/gate.h"
#include "registry/trial.h"
#include "registry/version_store.h"
#include "store_place.h"
#include "version_text.h"

namespace weir {
namespace {

namespace json = boost::json;

// What became of one file.
struct Outcome {
  ExitCode code = ExitCode::Success;
  std::vector<GateFinding> findings;
  std::optional<VersionStore::Added> added;
};

Outcome failed(std::string rule, const Error& error) {
  const bool is_away =
      error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::Unavailable;
  return {is_away ? ExitCode::Unavailable : ExitCode::Refused,
          {{std::move(rule), error.message()}},
          {}};
}

class Adding final {
 public:
  Adding(VersionStore store, HostSide host, std::chrono::milliseconds limit, bool only_tell)
      : store_(std::move(store)), host_(std::move(host)), limit_(limit), only_tell_(only_tell) {}

  Outcome add(const std::filesystem::path& path) {
    const auto candidate = read_candidate(path);
    if (!candidate) return failed("file", candidate.error());
    Verdict verdict = judge(*candidate, host_);
    if (!verdict.is_admitted()) return {ExitCode::Refused, std::move(verdict.findings), {}};
    if (only_tell_) return {};
    bool is_tried = false;
    const auto tried = [&](const std::filesystem::path& library) {
      is_tried = true;
      return put_on_trial(library, {.clock = clock_, .limit = limit_});
    };
    auto added = store_.add(*candidate, *verdict.plugin, clock_.wall_now(), tried);
    if (!added) return failed(is_tried ? "trial" : "store", added.error());
    return {ExitCode::Success, {}, *std::move(added)};
  }

 private:
  const SystemClock clock_;
  VersionStore store_;
  const HostSide host_;
  const std::chrono::milliseconds limit_;
  const bool only_tell_;
};

std::string outcome_json(const std::string& file, const Outcome& outcome) {
  json::array findings;
  for (const GateFinding& finding : outcome.findings)
    findings.push_back(json::object{{"rule", finding.rule}, {"text", finding.text}});
  json::object line{
      {"file", file}, {"admitted", outcome.code == ExitCode::Success}, {"findings", findings}};
  if (outcome.added) {
    line["is_new"] = outcome.added->is_new;
    line["version"] = version_json(outcome.added->version);
  }
  return json::serialize(line);
}

void print(const std::string& file, const Outcome& outcome, Console& console) {
  for (const GateFinding& finding : outcome.findings)
    console.error << format("weir: plugin add: {}: {}: {}\n", file, finding.rule, finding.text);
  if (outcome.code != ExitCode::Success) return;
  if (!outcome.added) {
    console.out << file << ": would be added\n";
    return;
  }
  const StoredVersion& version = outcome.added->version;
  console.out << format("{} {}  {}  {}\n",
                        outcome.added->is_new ? "added" : "was there:",
                        name_of(version),
                        bytes_text(size_of(version)),
                        version.library().string());
}

}  // namespace

ExitCode add_plugins(const Arguments& arguments, Console& console) {
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  if (const auto text = arguments.value("limit")) {
    const auto written = parse_duration(*text);
    if (!written) {
      console.error << "weir: plugin add: --limit wants a duration like \"10s\", not " << *text
                    << '\n';
      return ExitCode::Usage;
    }
    limit = *written;
  }
  auto host = read_host_side();
  if (!host) {
    console.error << "weir: plugin add: " << host.error().message() << '\n';
    return ExitCode::Unavailable;
  }
  Adding adding(store_of(arguments), *std::move(host), limit, arguments.has("dry-run"));
  ExitCode worst = ExitCode::Success;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& file = arguments.positional[i];
    const Outcome outcome = adding.add(file);
    worst = std::max(worst, outcome.code);
    if (arguments.has("json")) {
      console.out << outcome_json(file, outcome) << '\n';
    } else {
      print(file, outcome, console);
    }
  }
  return worst;
}

}  // namespace weir
