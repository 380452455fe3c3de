#include "host/job_changes.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kDrainMax(30);
constexpr std::chrono::seconds kStartMax(60);
constexpr milliseconds kLookEvery(5);
constexpr std::size_t kStatusesMax = 1'000;

}  // namespace

std::string_view name_of(ChangeState state) {
  switch (state) {
    case ChangeState::Pending: return "pending";
    case ChangeState::Complete: return "done";
    case ChangeState::Failed: break;
  }
  return "failed";
}

JobChanges::JobChanges(JobHost& jobs, LoadGeneration load, const Clock& clock, Log log)
    : jobs_(jobs), load_(std::move(load)), clock_(clock), log_(std::move(log)), thread_([this] {
        run();
      }) {}

void JobChanges::end() {
  must_end_.set(true);
  bell_.release();
  end_.release();
  if (thread_.joinable()) thread_.join();
}

void JobChanges::runs(const std::string& job, std::uint64_t generation) {
  book_.with([&](Book& book) { book.generations[job] = generation; });
}

std::uint64_t JobChanges::bring(std::string job, std::uint64_t generation) {
  return post(std::move(job), generation);
}

std::uint64_t JobChanges::stop(std::string job) {
  return post(std::move(job), std::nullopt);
}

std::uint64_t JobChanges::post(std::string job, std::optional<std::uint64_t> generation) {
  const std::uint64_t number = book_.with([&](Book& book) {
    Wish wish{++book.last_number, std::move(job), generation};
    book.statuses[wish.number] = {.number = wish.number, .job = wish.job};
    if (book.statuses.size() > kStatusesMax) book.statuses.erase(book.statuses.begin());
    book.waiting.push_back(std::move(wish));
    return book.last_number;
  });
  bell_.release();
  return number;
}

std::optional<ChangeStatus> JobChanges::find(std::uint64_t number) const {
  return book_.with([&](const Book& book) {
    const auto found = book.statuses.find(number);
    return found == book.statuses.end() ? std::nullopt : std::optional(found->second);
  });
}

bool JobChanges::is_busy() const {
  return book_.with([](const Book& book) { return !book.waiting.empty(); });
}

void JobChanges::run() {
  while (true) {
    bell_.acquire();
    if (must_end_.get()) return;
    // It stays in front until it is over: who looks sees that there is something to do.
    const auto wish = book_.with([](const Book& book) { return book.waiting.front(); });
    const auto gap = carry_out(wish);
    if (!gap) log_.for_job(wish.job).error("change {}: {}", wish.number, gap.error().text());
    book_.with([&](Book& book) {
      book.waiting.pop_front();
      const auto status = book.statuses.find(wish.number);
      if (status == book.statuses.end()) return;
      status->second.state = gap ? ChangeState::Complete : ChangeState::Failed;
      if (gap) status->second.gap = *gap;
      if (!gap) status->second.cause = gap.error().message();
    });
  }
}

Result<milliseconds> JobChanges::carry_out(const Wish& wish) {
  if (wish.generation) return start(wish.job, *wish.generation);
  TRY_DO(stop_if_running(wish.job));
  book_.with([&](Book& book) { book.generations.erase(wish.job); });
  return milliseconds(0);
}

Result<milliseconds> JobChanges::start(const std::string& job, std::uint64_t generation) {
  const auto before = status_of(job);
  const bool ran = before && !is_over(before->state);
  const bool is_there = book_.with([&](const Book& book) {
    const auto known = book.generations.find(job);
    return known != book.generations.end() && known->second == generation;
  });
  if (ran && is_there) return milliseconds(0);

  TRY(std::vector<JobSpec> specs, load_(generation));
  const auto spec = std::ranges::find(specs, job, &JobSpec::name);
  if (spec == specs.end()) {
    return Error(ErrorKind::Invalid, format("generation {} has no job {}", generation, job));
  }
  book_.with([&](Book& book) { book.generations.erase(job); });
  if (before && before->state == JobState::Running) {
    TRY(const auto gap, swap(*spec));
    if (gap) book_.with([&](Book& book) { book.generations[job] = generation; });
    if (gap) return *gap;
  }
  const MonotonicTime began = clock_.monotonic_now();
  TRY_DO(stop_if_running(job));
  TRY_DO(jobs_.submit(std::move(*spec)));
  TRY_DO(wait_until_running(job));
  book_.with([&](Book& book) { book.generations[job] = generation; });
  log_.for_job(job).info("runs as generation {} says", generation);
  if (!ran) return milliseconds(0);
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(clock_.monotonic_now() - began));
}

// The job runs on if that is refused or fails. Nothing: no swap can do it.
Result<std::optional<milliseconds>> JobChanges::swap(const JobSpec& spec) {
  TRY(const JobSpec before, jobs_.spec(spec.name));
  const auto outcome = jobs_.swap(spec);
  // It would have to start again and keeps no state: whoever stops and starts it loses nothing
  // more.
  if (!outcome && outcome.error().kind() == ErrorKind::Invalid) {
    return std::optional<milliseconds>();
  }
  TRY(const SwapStatus swapped, outcome);
  if (swapped.phase == SwapPhase::Failed) return Error(ErrorKind::Invalid, swapped.cause);
  const bool has_other_epochs =
      before.epoch != spec.epoch || before.epoch_bytes != spec.epoch_bytes;
  if (has_other_epochs) return std::optional<milliseconds>();
  std::chrono::nanoseconds longest{0};
  for (const SwapGap& gap : swapped.gaps)
    longest = std::max(longest, gap.longest);
  return std::optional(std::chrono::ceil<milliseconds>(longest));
}

Status JobChanges::stop_if_running(const std::string& job) {
  const auto status = status_of(job);
  if (!status || is_over(status->state)) return Done{};
  return jobs_.stop(job, kDrainMax);
}

// A job whose sources have ended has run, too.
Status JobChanges::wait_until_running(const std::string& job) {
  const MonotonicTime deadline = clock_.monotonic_now() + kStartMax;
  while (!must_end_.get() && clock_.monotonic_now() < deadline) {
    const auto status = status_of(job);
    if (!status) break;
    switch (status->state) {
      case JobState::Running:
      case JobState::Draining:
      case JobState::Finished: return Done{};
      case JobState::Failing:
      case JobState::Waiting:
      case JobState::Failed:
      case JobState::Stopped: return Error(ErrorKind::Invalid, "did not start: " + status->cause);
      case JobState::Starting:
      case JobState::Restoring: break;
    }
    static_cast<void>(end_.try_acquire_for(kLookEvery));
  }
  return Error(ErrorKind::Invalid, format("does not run after {} s", kStartMax.count()));
}

std::optional<JobStatus> JobChanges::status_of(std::string_view job) const {
  const HostStatus status = jobs_.status();
  const auto found = std::ranges::find(status.jobs, job, &JobStatus::name);
  return found == status.jobs.end() ? std::nullopt : std::optional(*found);
}

}  // namespace weir
