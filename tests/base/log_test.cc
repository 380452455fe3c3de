#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/terminal_log.h"
#include "fakes/recorded_log.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

TEST(Log, NamesComponentAndJob) {
  fakes::RecordedLog sink;
  const Log log(sink, "worker");

  log.info("{} tasks", 3);
  log.for_job("enter-cn").warning("stalled for {} ms", 250);
  log.for_component("kafka").for_job("enter-cn").write(LogLevel::Error, "100% {} raw");

  EXPECT_THAT(sink.lines(),
              ElementsAre("info [worker] 3 tasks",
                          "warning [worker] enter-cn: stalled for 250 ms",
                          "error [kafka] enter-cn: 100% {} raw"));
}

TEST(Log, LeavesOutLinesBelowTheLevelOfItsSink) {
  fakes::RecordedLog sink(LogLevel::Warning);
  const Log log(sink, "worker");

  log.debug("step {}", 1);
  log.info("started");

  EXPECT_THAT(sink.lines(), IsEmpty());
}

TEST(TerminalLog, WritesOneLineWithTimeLevelComponentAndJob) {
  const auto sink = make_terminal_log(LogLevel::Info);
  testing::internal::CaptureStderr();

  Log(*sink, "kafka").for_job("enter-cn").info("assigned {} partitions", 4);
  Log(*sink, "kafka").debug("left out");

  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, EndsWith("Z info    [kafka] enter-cn: assigned 4 partitions\n"));
}

}  // namespace
}  // namespace weir
