#include "job/epoch_coordinator.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(EpochCoordinator, IsCompleteWhenTheBarrierHasPassedEveryTask) {
  EpochCoordinator epochs(2);

  EXPECT_EQ(epochs.begin(), 1u);
  EXPECT_THAT(epochs.passed(TaskId(1), 1), Eq(std::nullopt));
  EXPECT_TRUE(epochs.is_under_way());
  EXPECT_THAT(epochs.passed(TaskId(0), 1), Optional(1u));
  EXPECT_FALSE(epochs.is_under_way());
  EXPECT_EQ(epochs.begin(), 2u);
}

TEST(EpochCoordinator, DoesNotWaitForFinishedTasks) {
  EpochCoordinator epochs(3);
  static_cast<void>(epochs.finished(TaskId(0)));
  epochs.begin();

  EXPECT_THAT(epochs.passed(TaskId(1), 1), Eq(std::nullopt));
  EXPECT_THAT(epochs.finished(TaskId(2)), Optional(1u));
  EXPECT_FALSE(epochs.all_finished());
}

TEST(EpochCoordinator, ATaskThatFinishesBehindTheBarrierCountsOnce) {
  EpochCoordinator epochs(2);
  epochs.begin();
  static_cast<void>(epochs.passed(TaskId(0), 1));

  EXPECT_THAT(epochs.finished(TaskId(0)), Eq(std::nullopt));
  EXPECT_THAT(epochs.passed(TaskId(1), 1), Optional(1u));
  static_cast<void>(epochs.finished(TaskId(1)));
  EXPECT_TRUE(epochs.all_finished());
}

}  // namespace
}  // namespace weir
