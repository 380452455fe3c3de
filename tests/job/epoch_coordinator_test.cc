#include "job/epoch_coordinator.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

// What a source task reports that is at `position`, with a change that bears the same name.
TaskPart part(std::int64_t position) {
  TaskPart made;
  made.splits.push_back({.position = {"in/0", position}, .lag = {}, .watermark = {}});
  made.deltas.push_back({std::to_string(position), {}});
  return made;
}

std::vector<std::string> changes(const ClosedEpoch& closed) {
  std::vector<std::string> names;
  for (const OperatorDelta& delta : closed.deltas)
    names.push_back(delta.uid);
  return names;
}

std::int64_t position(const ClosedEpoch& closed, std::size_t task) {
  return closed.splits.at(task).at(0).position.position;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EpochCoordinator, IsClosedWhenTheBarrierHasPassedEveryTask) {
  EpochCoordinator epochs(2, 6);

  EXPECT_EQ(epochs.begin(), 7u);
  EXPECT_FALSE(epochs.passed(TaskId(1), 7, part(3)));
  EXPECT_TRUE(epochs.is_under_way());
  const auto closed = epochs.passed(TaskId(0), 7, part(5));

  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->number, 7u);
  EXPECT_EQ(position(*closed, 0), 5);
  EXPECT_EQ(position(*closed, 1), 3);
  EXPECT_THAT(changes(*closed), ElementsAre("3", "5"));
  EXPECT_FALSE(epochs.is_under_way());
  EXPECT_EQ(epochs.begin(), 8u);
}

TEST(EpochCoordinator, DoesNotWaitForFinishedTasks) {
  EpochCoordinator epochs(3);
  EXPECT_FALSE(epochs.finished(TaskId(0), part(1)));
  epochs.begin();

  EXPECT_FALSE(epochs.passed(TaskId(1), 1, part(2)));
  const auto closed = epochs.finished(TaskId(2), part(3));

  ASSERT_TRUE(closed);
  EXPECT_THAT(changes(*closed), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(epochs.all_finished());
}

// What it did behind the barrier belongs to the next epoch.
TEST(EpochCoordinator, ATaskThatFinishesBehindTheBarrierIsInTwoEpochs) {
  EpochCoordinator epochs(2);
  epochs.begin();
  EXPECT_FALSE(epochs.passed(TaskId(0), 1, part(10)));

  EXPECT_FALSE(epochs.finished(TaskId(0), part(15)));
  EXPECT_EQ(epochs.splits(TaskId(0)).at(0).position.position, 15);
  const auto closed = epochs.passed(TaskId(1), 1, {});
  ASSERT_TRUE(closed);
  EXPECT_EQ(position(*closed, 0), 10);
  EXPECT_THAT(changes(*closed), ElementsAre("10"));

  EXPECT_FALSE(epochs.finished(TaskId(1), {}));
  ASSERT_TRUE(epochs.all_finished());
  const ClosedEpoch rest = epochs.close_rest();
  EXPECT_EQ(rest.number, 2u);
  EXPECT_EQ(position(rest, 0), 15);
  EXPECT_THAT(changes(rest), ElementsAre("15"));
}

TEST(EpochCoordinator, AnEpochWithoutAChangeIsEmpty) {
  EpochCoordinator epochs(1);
  epochs.begin();

  EXPECT_THAT(epochs.passed(TaskId(0), 1, {})->deltas, IsEmpty());
}

}  // namespace
}  // namespace weir
