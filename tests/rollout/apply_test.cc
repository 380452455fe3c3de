#include "rollout/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "fakes/manual_clock.h"
#include "rollout/durable_file.h"
#include "rollout/journal.h"
#include "rollout/scratch_folder.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Remembers which job runs as which generation says.
class FakeHost final : public RolloutHost {
 public:
  Result<milliseconds> bring(const std::string& job,
                             std::uint64_t generation,
                             ChangeKind /*kind*/) override {
    TRY_DO(answer(job, generation));
    runs[job] = generation;
    return milliseconds(10);
  }
  Status stop(const std::string& job) override {
    TRY_DO(answer(job, 0));
    runs.erase(job);
    return Done{};
  }

  std::map<std::string, std::uint64_t> runs;
  std::string refuses;               // "JOB GENERATION" that does not come up.
  int calls_until_away = 1'000'000;  // Then nobody answers any more.
  int calls = 0;

 private:
  Status answer(const std::string& job, std::uint64_t generation) {
    if (calls >= calls_until_away) return Error(ErrorKind::Unavailable, "nobody answers");
    ++calls;
    if (refuses != format("{} {}", job, generation)) return Done{};
    runs.erase(job);
    return Error(ErrorKind::Invalid, "no such file");
  }
};

LockedJob locked(const std::string& name, const std::string& version) {
  return {.name = name,
          .job_class = "",
          .plugin = "words",
          .type = "copy",
          .version = version,
          .hash = std::string(64, version.back()),
          .build_id = "",
          .graph = "g",
          .parameters = "p",
          .settings = "s",
          .states = {}};
}

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    before = {.jobs_text = "old", .lock = {.generation = 1, .jobs = {}}};
    next = {.jobs_text = "new", .lock = {.generation = 2, .jobs = {}}};
    for (const char* job : {"a", "b", "gone"}) {
      before.lock.jobs.push_back(locked(job, "1.0.1"));
      host.runs[job] = 1;
    }
    for (const char* job : {"a", "b", "fresh"})
      next.lock.jobs.push_back(locked(job, "1.0.2"));
    write("old", before.lock);
    EXPECT_TRUE(folder.write(before));
    const std::optional<RunningJobs> nobody;
    std::vector<WantedJob> wanted;
    for (const LockedJob& job : next.lock.jobs)
      wanted.push_back({.locked = job});
    plan = make_rollout_plan({.lock = before.lock,
                              .wanted = wanted,
                              .running = nobody,
                              .kept_hashes = folder.kept_hashes()});
  }

  void write(const std::string& jobs_text, const Lock& lock) const {
    EXPECT_TRUE(write_durably(jobs_file, jobs_text));
    EXPECT_TRUE(write_durably(lock_path_of(jobs_file), encode_lock(lock)));
  }

  ApplyParts parts(bool with_host = true) {
    return {.folder = folder,
            .jobs_file = jobs_file,
            .host = with_host ? &host : nullptr,
            .clock = clock};
  }
  Result<HistoryEntry> apply(bool rewrites_jobs = false) {
    return apply_plan(parts(),
                      {.plan = plan,
                       .next = next,
                       .who = "ann",
                       .what = "apply",
                       .rewrites_jobs = rewrites_jobs});
  }
  Lock lock_now() const { return read_lock(lock_path_of(jobs_file)).lock; }
  bool has_journal() const { return read_journal(folder)->has_value(); }

  const ScratchFolder scratch;
  const RolloutFolder folder{scratch.path() / "state"};
  const std::filesystem::path jobs_file = scratch.path() / "jobs.toml";
  const fakes::ManualClock clock;
  FakeHost host;
  Generation before;
  Generation next;
  RolloutPlan plan;
  const std::map<std::string, std::uint64_t> all_new = {{"a", 2}, {"b", 2}, {"fresh", 2}};
  const std::map<std::string, std::uint64_t> all_old = {{"a", 1}, {"b", 1}, {"gone", 1}};
};

TEST_F(ApplyTest, EveryJobIsBroughtToTheGenerationAndTheLockSaysSo) {
  const auto entry = apply();

  ASSERT_TRUE(entry) << entry.error().text();
  EXPECT_FALSE(entry->is_undone);
  EXPECT_EQ(host.runs, all_new);
  EXPECT_EQ(lock_now(), next.lock);
  EXPECT_EQ(*read_whole_file(jobs_file), "old");
  EXPECT_FALSE(has_journal());
  EXPECT_THAT(*read_history(folder), ElementsAre(*entry));
  EXPECT_EQ(entry->steps.front().gap, milliseconds(10));
  EXPECT_EQ(folder.read(2)->lock, next.lock);
}

TEST_F(ApplyTest, TheJobsFileIsRewrittenWhenAsked) {
  ASSERT_TRUE(apply(true));

  EXPECT_EQ(*read_whole_file(jobs_file), "new");
}

TEST_F(ApplyTest, WithoutAHostOnlyTheFilesChange) {
  const auto entry = apply_plan(parts(false), {.plan = plan, .next = next});

  ASSERT_TRUE(entry);
  EXPECT_EQ(host.calls, 0);
  EXPECT_EQ(lock_now(), next.lock);
}

TEST_F(ApplyTest, AJobThatDoesNotComeUpTurnsAllBack) {
  for (const char* job : {"a", "b", "fresh"}) {
    host.refuses = format("{} 2", job);

    const auto entry = apply(true);

    ASSERT_TRUE(entry);
    EXPECT_TRUE(entry->is_undone);
    EXPECT_EQ(entry->cause, format("{}: no such file", job));
    EXPECT_EQ(host.runs, all_old) << job;
    EXPECT_EQ(lock_now(), before.lock);
    EXPECT_EQ(*read_whole_file(jobs_file), "old");
    EXPECT_FALSE(has_journal());
  }
}

TEST_F(ApplyTest, WhatDoesNotComeBackIsTold) {
  struct Stubborn final : RolloutHost {
    Result<milliseconds> bring(const std::string& job,
                               std::uint64_t generation,
                               ChangeKind /*kind*/) override {
      if (job == "b" || generation == 1) return Error(ErrorKind::Invalid, "refused");
      return milliseconds(1);
    }
    Status stop(const std::string& /*job*/) override { return Done{}; }
  } stubborn;

  const auto entry =
      apply_plan({.folder = folder, .jobs_file = jobs_file, .host = &stubborn, .clock = clock},
                 {.plan = plan, .next = next});

  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->cause, "b: refused; back: b: refused; back: a: refused");
}

// The host goes away before every one of its calls, and the next one finishes.
TEST_F(ApplyTest, WhatAHostThatGoesAwayLeavesIsFinishedByTheNext) {
  ASSERT_TRUE(apply());
  const int calls = host.calls;
  ASSERT_GE(calls, 4);
  for (int until = 0; until < calls; ++until) {
    write("old", before.lock);
    std::filesystem::remove(folder.history());
    host = FakeHost();
    host.runs = all_old;
    host.calls_until_away = until;

    const auto lost = apply();

    ASSERT_FALSE(lost) << until;
    EXPECT_EQ(lost.error().kind(), ErrorKind::Unavailable);
    EXPECT_TRUE(has_journal());
    EXPECT_EQ(lock_now(), before.lock);

    host.calls_until_away = 1'000'000;
    const bool with_host = until % 2 == 0;  // Else the next host starts by the lock.
    const auto finished = finish_apply(parts(with_host));
    ASSERT_TRUE(finished && *finished) << until;
    EXPECT_FALSE((*finished)->is_undone);
    EXPECT_EQ(lock_now(), next.lock);
    if (with_host) {
      EXPECT_EQ(host.runs, all_new);
    }
    EXPECT_FALSE(has_journal());
    EXPECT_FALSE(*finish_apply(parts()));
  }
}

TEST_F(ApplyTest, GoingBackIsFinishedToo) {
  host.refuses = "fresh 2";
  ASSERT_TRUE(apply());
  const int calls = host.calls;
  for (int until = 3; until < calls; ++until) {
    host = FakeHost();
    host.runs = all_old;
    host.refuses = "fresh 2";
    host.calls_until_away = until;
    ASSERT_FALSE(apply()) << until;

    host.calls_until_away = 1'000'000;
    const auto finished = finish_apply(parts());

    ASSERT_TRUE(finished && *finished) << until;
    EXPECT_TRUE((*finished)->is_undone);
    EXPECT_EQ(host.runs, all_old);
    EXPECT_EQ(lock_now(), before.lock);
  }
}

TEST_F(ApplyTest, WhatRanBeforeTheFirstGenerationComesBackAsItWas) {
  for (JobChange& change : plan.changes) {
    if (change.kind != ChangeKind::Start) change.kind = ChangeKind::Restart;
  }
  plan.generation = 0;
  host.refuses = "fresh 2";

  ASSERT_TRUE(apply()->is_undone);

  EXPECT_EQ(host.runs, (std::map<std::string, std::uint64_t>{{"a", 0}, {"b", 0}, {"gone", 1}}));
}

TEST_F(ApplyTest, TheDiskRefusesBeforeAnythingHasHappened) {
  ASSERT_TRUE(write_durably(folder.journal() / "in-the-way", ""));

  const auto entry = apply();

  ASSERT_FALSE(entry);
  EXPECT_EQ(host.calls, 0);
  EXPECT_EQ(lock_now(), before.lock);
}

TEST_F(ApplyTest, OnlyOneAtATime) {
  const auto first = RolloutHold::take(folder);
  ASSERT_TRUE(first);

  const auto second = RolloutHold::take(folder);

  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("another apply is under way"));
}

TEST_F(ApplyTest, NoNumberIsGivenTwice) {
  EXPECT_EQ(folder.next_generation(before.lock), 2U);
  ASSERT_TRUE(folder.write(next));
  EXPECT_EQ(folder.next_generation(before.lock), 3U);
  EXPECT_THAT(folder.generations(), ElementsAre(1U, 2U));
}

TEST_F(ApplyTest, PluginFilesAreKeptUnderTheirHash) {
  const auto file = scratch.path() / "libwords.so";
  ASSERT_TRUE(write_durably(file, "code"));
  EXPECT_THAT(folder.kept_hashes(), IsEmpty());

  const auto kept = folder.keep_plugin(file, "abc");
  ASSERT_TRUE(write_durably(file, "other code"));

  ASSERT_TRUE(kept);
  EXPECT_EQ(*read_whole_file(*kept), "code");
  EXPECT_EQ(*folder.kept_plugin("abc"), *kept);
  EXPECT_THAT(folder.kept_hashes(), ElementsAre("abc"));
}

}  // namespace
}  // namespace weir
