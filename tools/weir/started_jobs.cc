#include "started_jobs.h"

#include <utility>

#include "base/format.h"
#include "rollout/apply.h"
#include "rollout/durable_file.h"
#include "rollout/journal.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

Status finish_dead_apply(const fs::path& file,
                         const RolloutFolder& folder,
                         const StartPorts& ports) {
  TRY(const auto journal, read_journal(folder));
  if (!journal) return Done{};
  const auto hold = RolloutHold::take(folder);
  if (!hold) return Done{};  // It lives, and goes on by itself.
  TRY(const auto entry,
      finish_apply({.folder = folder, .jobs_file = file, .host = nullptr, .clock = ports.clock}));
  if (!entry) return Done{};
  if (entry->is_undone) {
    ports.log.warning("an apply that died was undone: {}", entry->cause);
  } else {
    ports.log.info("an apply that died is finished: generation {}", entry->generation);
  }
  return Done{};
}

}  // namespace

Result<StartedJobs> load_started_jobs(const fs::path& file,
                                      const RolloutFolder& folder,
                                      const RolloutJobs& jobs,
                                      const StartPorts& ports) {
  TRY_DO(finish_dead_apply(file, folder, ports).during("finish an apply that died"));
  HostOrigin origin;
  origin.load = [&jobs](std::uint64_t number) -> Result<std::vector<JobSpec>> {
    TRY(LoadedJobs loaded, jobs.load_generation(number));
    return std::move(loaded.jobs.jobs);
  };
  const auto text_now = read_whole_file(file);
  const ReadLock read = read_lock(lock_path_of(file));
  if (!read.mistakes.empty()) return Error(ErrorKind::Invalid, text(read.mistakes.front()));
  const std::uint64_t number = read.lock.generation;
  if (number == 0 || !text_now) return StartedJobs{jobs.load_file(), std::move(origin)};
  const auto generation = folder.read(number);
  if (!generation) {
    ports.log.warning("{}: the jobs run as {} says", generation.error().message(), file.string());
    return StartedJobs{jobs.load_file(), std::move(origin)};
  }
  if (generation->jobs_text != *text_now) {
    ports.log.warning("{} has changed since generation {} was applied: weir plan shows what",
                      file.string(),
                      number);
  }
  TRY(LoadedJobs loaded, jobs.load_generation(number));
  origin.generation = number;
  return StartedJobs{std::move(loaded), std::move(origin), RunningMark::set(folder)};
}

}  // namespace weir
