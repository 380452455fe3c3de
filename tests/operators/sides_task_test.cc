#include "operators/sides_task.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operators/task_reports.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Lists what is written, and where an epoch was closed.
class ListingWriter final : public SinkWriter {
 public:
  explicit ListingWriter(std::vector<std::string>& log) : log_(log) {}
  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    for (const OutMessage& message : messages)
      log_.push_back("at " + std::to_string(message.timestamp));
    return messages.size();
  }
  Result<Flush> flush() override { return Flush::Complete; }

 private:
  std::vector<std::string>& log_;
};

class ListingReports final : public TaskReports {
 public:
  explicit ListingReports(std::vector<std::string>& log) : log_(log) {}
  void passed(TaskId,
              std::uint64_t epoch,
              std::vector<SplitReport>,
              std::vector<OperatorDelta>) override {
    log_.push_back("passed " + std::to_string(epoch));
  }
  void finished(TaskId, std::vector<SplitReport>, std::vector<OperatorDelta>) override {
    log_.push_back("finished");
  }
  void failed(TaskId, Error error) override { log_.push_back(error.text()); }

 private:
  std::vector<std::string>& log_;
};

class SidesTaskTest : public testing::Test {
 protected:
  static SideStreams::Writers writers(std::vector<std::string>& log) {
    SideStreams::Writers made;
    made[static_cast<std::size_t>(SideStream::Timing)] = std::make_unique<ListingWriter>(log);
    return made;
  }

  // What the task in `slot` does at its next step: it sets something aside.
  void set_aside(std::size_t slot, std::int64_t time) {
    streams.set_ahead(task.is_ahead(slot));
    TimingRecord timing;
    timing.event_time = time;
    streams.write_timing(timing);
  }

  void run() {
    for (int i = 0; i < 5; ++i)
      task.step();
  }

  std::vector<std::string> log;
  ListingReports reports{log};
  SideStreams streams{{.job = "job"}, writers(log)};
  SidesTask task{TaskId(0), 2, streams, reports};
};

TEST_F(SidesTaskTest, WhatATaskSetsAsideBehindABarrierWaitsUntilTheOthersHaveReachedIt) {
  set_aside(0, 1);
  task.arrive(0, 1);
  set_aside(0, 2);
  set_aside(1, 3);
  run();
  EXPECT_THAT(log, ElementsAre("at 1", "at 3"));

  task.arrive(1, 1);
  set_aside(1, 4);
  run();
  EXPECT_THAT(log, ElementsAre("at 1", "at 3", "passed 1", "at 2", "at 4"));
}

TEST_F(SidesTaskTest, ATaskBehindABarrierDoesNotFillTheWayOfOneInFrontOfIt) {
  task.arrive(0, 1);
  for (int i = 0; i < 30'000; ++i)
    set_aside(0, i);
  EXPECT_TRUE(streams.is_full());
  set_aside(1, 1);
  EXPECT_FALSE(streams.is_full());

  task.arrive(1, 1);
  run();
  set_aside(0, 1);
  EXPECT_FALSE(streams.is_full());
}

TEST_F(SidesTaskTest, ATaskMayEndWhileTheOthersAreOnTheirWayToABarrier) {
  task.arrive(0, 1);
  set_aside(0, 1);
  task.end(0);
  run();
  EXPECT_THAT(log, IsEmpty());

  task.end(1);
  run();
  EXPECT_THAT(log, ElementsAre("passed 1", "at 1", "finished"));
}

}  // namespace
}  // namespace weir
