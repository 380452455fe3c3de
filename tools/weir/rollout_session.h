// What plan, apply, rollback, upgrade and diff have in common: which files they are about, and how
// a plan is made and carried out.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "config/spec.h"
#include "console.h"
#include "exit_code.h"
#include "host/host_connectors.h"
#include "rollout/apply.h"
#include "rollout/rollout_folder.h"
#include "rollout/rollout_plan.h"
#include "rollout_jobs.h"

namespace weir {

// --from FILE, --http ADDRESS, --plugin-path FOLDER, --json.
std::vector<OptionDeclaration> rollout_options();

// A plan, and what it was made of.
struct MadePlan {
  RolloutPlan plan;
  std::string jobs_text;
  Lock lock;  // That it starts from.
  std::vector<WantedJob> wanted;
  std::map<std::string, std::filesystem::path> files;  // Of plugins, by hash.
};

// Of one call of `weir`, on one thread. Troubles are printed where they are found: whoever gets
// nothing, or an exit code, has nothing to add.
class RolloutSession final {
 public:
  // `subcommand` speaks in messages.
  RolloutSession(std::string subcommand, const Arguments& arguments, Console& console);

  const std::filesystem::path& jobs_file() const { return jobs_file_; }
  const RolloutFolder& folder() const { return folder_; }

  // From jobs.toml as it is.
  std::optional<MadePlan> plan();
  // From another text in its place; jobs that `pins` has keep their plugin files. Null: none does.
  std::optional<MadePlan> plan_text_of(const std::string& jobs_text, const Lock* pins);

  // Before anything is changed: nobody else does, and what a death left is finished.
  std::optional<RolloutHold> begin();

  // Carries a plan out, and tells how it went. Success: it was applied, or had nothing to do.
  ExitCode carry_out(const MadePlan& made, const std::string& what, bool rewrites_jobs);

  // Nothing, after telling why: a lock with mistakes.
  std::optional<Lock> lock() const;
  std::optional<std::string> jobs_text() const;

  // Prints "weir: apply: …".
  ExitCode fail(const Error& error) const;
  ExitCode refuse(const std::string& reason) const;
  Console& console() const { return console_; }
  const Arguments& arguments() const { return arguments_; }
  const Clock& clock() const { return clock_; }
  const std::string& address() const { return address_; }

 private:
  Status keep_files(const MadePlan& made) const;
  ApplyParts parts();
  void tell(const HistoryEntry& entry) const;

  const std::string subcommand_;
  const Arguments& arguments_;
  Console& console_;
  const SystemClock clock_;
  const std::unique_ptr<LogSink> log_;
  const HostConnectors connectors_;
  const std::filesystem::path jobs_file_;
  const HostSpec host_;
  const RolloutFolder folder_;
  const RolloutJobs jobs_;
  const std::string address_;
  std::unique_ptr<RolloutHost> running_;  // Null: no host runs, or nobody asked.
};

// Who calls, for the history.
std::string caller();

}  // namespace weir
