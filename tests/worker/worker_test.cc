#include "worker/worker.h"

#include <future>

#include <gmock/gmock.h>

#include "base/clock.h"
#include "base/counter.h"
#include "worker/worker_thread.h"

namespace weir {
namespace {

using ::testing::SizeIs;

// Moves a given number of times, then has nothing to do or is finished.
class CountdownTask final : public Task {
 public:
  CountdownTask(int moves, Counter& steps, Progress after = Progress::None)
      : moves_(moves), steps_(steps), after_(after) {}

  Progress step() override {
    steps_.add(1);
    if (moves_ == 0) return after_;
    --moves_;
    return Progress::Made;
  }

 private:
  int moves_;
  Counter& steps_;
  Progress after_;
};

Tasks one_task(std::unique_ptr<Task> task) {
  Tasks tasks;
  tasks.push_back(std::move(task));
  return tasks;
}

TEST(Worker, GivesEveryTaskOneStepInARound) {
  Worker worker;
  Counter first;
  Counter second;
  worker.add(TaskGroup(1), one_task(std::make_unique<CountdownTask>(5, first)));
  worker.add(TaskGroup(2), one_task(std::make_unique<CountdownTask>(0, second)));

  worker.step();

  EXPECT_EQ(first.value(), 1u);
  EXPECT_EQ(second.value(), 1u);
}

TEST(Worker, SaysWhetherAnythingMoved) {
  Worker worker;
  Counter steps;
  EXPECT_FALSE(worker.step());
  worker.add(TaskGroup(1), one_task(std::make_unique<CountdownTask>(1, steps)));

  EXPECT_TRUE(worker.step());
  EXPECT_FALSE(worker.step());
}

TEST(Worker, StepsAFinishedTaskNoMore) {
  Worker worker;
  Counter steps;
  worker.add(TaskGroup(1), one_task(std::make_unique<CountdownTask>(0, steps, Progress::Finished)));

  EXPECT_TRUE(worker.step());
  EXPECT_FALSE(worker.step());

  EXPECT_EQ(steps.value(), 1u);
}

TEST(Worker, GivesTheTasksOfAGroupBack) {
  Worker worker;
  Counter kept;
  Counter removed;
  worker.add(TaskGroup(1), one_task(std::make_unique<CountdownTask>(0, removed)));
  worker.add(TaskGroup(2), one_task(std::make_unique<CountdownTask>(0, kept)));
  Tasks returned;
  worker.remove(TaskGroup(1), [&](Tasks tasks) { returned = std::move(tasks); });

  worker.step();

  EXPECT_THAT(returned, SizeIs(1));
  EXPECT_EQ(removed.value(), 0u);
  EXPECT_EQ(kept.value(), 1u);
}

TEST(WorkerThread, StepsTasksThatComeAndGo) {
  const SystemClock clock;
  Worker worker;
  WorkerThread thread(worker, clock);
  for (std::uint64_t round = 1; round <= 20; ++round) {
    Counter steps;
    worker.add(TaskGroup(round), one_task(std::make_unique<CountdownTask>(1000, steps)));
    while (steps.value() < 1000)
      std::this_thread::yield();
    std::promise<std::size_t> returned;
    worker.remove(TaskGroup(round), [&](Tasks tasks) { returned.set_value(tasks.size()); });

    EXPECT_EQ(returned.get_future().get(), 1u);
  }
}

TEST(WorkerThread, PausesWithoutWork) {
  const SystemClock clock;
  Worker worker;
  WorkerThread thread(worker, clock);

  while (thread.paused() < 1'000'000)
    std::this_thread::yield();
}

}  // namespace
}  // namespace weir
