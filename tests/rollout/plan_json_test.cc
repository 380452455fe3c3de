#include "rollout/plan_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollout/durable_file.h"
#include "rollout/history.h"
#include "rollout/journal.h"
#include "rollout/scratch_folder.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

RolloutPlan some_plan() {
  const JobChange change{
      .job = "enter-cn",
      .job_class = "label",
      .kind = ChangeKind::Swap,
      .reasons = {"code 1.3.0 instead of 1.2.0", "parameters"},
      .refusals = {"exports \"too\" much"},
      .plugin = "words",
      .old_version = "1.2.0",
      .old_hash = "aa",
      .new_version = "1.3.0",
      .new_hash = "bb",
      .states = {{.decision = {"ten", StateVerdict::Read, "wider"}, .size = StateSize{7, 112}},
                 {.decision = {"new", StateVerdict::Begin}}},
      .gap = milliseconds(5),
      .way_back = WayBack::Epoch,
      .way_back_reason = "ten: narrower",
      .repeats_outputs = true};
  return {.generation = 4,
          .jobs_hash = "0123",
          .lock_hash = "4567",
          .changes = {change, {.job = "count", .job_class = "", .plugin = "words"}}};
}

HistoryEntry some_entry(std::int64_t began) {
  return {.from = 3,
          .generation = 4,
          .began = WallTime(milliseconds(began)),
          .ended = WallTime(milliseconds(began + 70)),
          .who = "ann",
          .what = "apply",
          .is_undone = true,
          .cause = "count: \"no\" file",
          .steps = {{.job = "count",
                     .kind = ChangeKind::Restart,
                     .old_version = "1.2.0",
                     .new_version = "1.3.0",
                     .gap = milliseconds(12),
                     .is_carried_out = true}}};
}

TEST(PlanFile, IsReadAsItWasWritten) {
  const RolloutPlan plan = some_plan();

  const auto again = decode_plan(encode_plan(plan));

  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, plan);
}

TEST(PlanFile, ThatIsCutOrSomethingElseIsRefused) {
  const std::string text = encode_plan(some_plan());
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    EXPECT_EQ(decode_plan(text.substr(0, size)).error().kind(), ErrorKind::Corrupt) << size;
  for (const char* other : {"[]", "7", R"({"weir_plan":1})", R"({"weir_plan":"1"})"})
    EXPECT_EQ(decode_plan(other).error().kind(), ErrorKind::Corrupt) << other;
  EXPECT_EQ(decode_plan(R"({"weir_plan":2})").error().kind(), ErrorKind::Incompatible);
}

TEST(Journal, IsReadAsItWasWritten) {
  const ScratchFolder scratch;
  const RolloutFolder folder(scratch.path());
  EXPECT_EQ(*read_journal(folder), std::nullopt);
  const Journal journal{.entry = some_entry(1'000), .rewrites_jobs = true};

  ASSERT_TRUE(write_journal(folder, journal));

  EXPECT_EQ(*read_journal(folder), journal);
}

TEST(History, HoldsEachEntryOnceAndPassesOverATornLine) {
  const ScratchFolder scratch;
  const RolloutFolder folder(scratch.path());
  ASSERT_TRUE(add_to_history(folder, some_entry(1'000)));
  ASSERT_TRUE(add_to_history(folder, some_entry(1'000)));
  const std::string torn = encode_entry(some_entry(2'000)).substr(0, 40);
  ASSERT_TRUE(append_durably(folder.history(), torn));
  ASSERT_TRUE(add_to_history(folder, some_entry(3'000)));

  EXPECT_THAT(*read_history(folder), ElementsAre(some_entry(1'000), some_entry(3'000)));
  EXPECT_EQ(measured_gaps(*read_history(folder)).at("count"), milliseconds(12));
}

}  // namespace
}  // namespace weir
