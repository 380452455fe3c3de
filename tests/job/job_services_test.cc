#include "job/job_services.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "fakes/manual_clock.h"
#include "fakes/recorded_log.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JobServicesTest : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(path) << "video-1\nvideo-2\r\n\nvideo-3"; }
  void TearDown() override { std::filesystem::remove(path); }

  Result<std::shared_ptr<JobServices>> open(std::filesystem::path pool_path) {
    return JobServices::open(
        {{.name = "watched", .path = std::move(pool_path)}}, Log(log, "job", "clicks"), clock);
  }

  std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "weir_job_services_test_ids";
  fakes::RecordedLog log;
  fakes::ManualClock clock;
};

weir_text text(std::string_view value) {
  return {value.data(), value.size()};
}

TEST_F(JobServicesTest, APoolHoldsTheLinesOfItsFile) {
  auto services = *open(path);
  const std::uint32_t pool = services->open_pool("watched");
  const std::array ids = {text("video-2"), text("video-9"), text("video-3"), text("")};
  std::array<std::uint8_t, 4> found = {9, 9, 9, 9};

  services->pool_contains(pool, ids.data(), ids.size(), found.data());

  EXPECT_THAT(found, ElementsAre(1, 0, 1, 0));
}

TEST_F(JobServicesTest, AnUnknownPoolIsEmpty) {
  auto services = *open(path);
  const std::uint32_t pool = services->open_pool("other");
  EXPECT_EQ(pool, UINT32_MAX);
  const weir_text id = text("video-1");
  std::uint8_t found = 9;

  services->pool_contains(pool, &id, 1, &found);

  EXPECT_EQ(found, 0);
}

TEST_F(JobServicesTest, AMissingFileIsNamed) {
  const auto services = open("/nowhere/ids");

  ASSERT_FALSE(services);
  EXPECT_EQ(services.error().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(services.error().message(), HasSubstr("pool watched: "));
  EXPECT_THAT(services.error().message(), HasSubstr("/nowhere/ids"));
}

TEST_F(JobServicesTest, TheSameNameGivesTheSameCounter) {
  auto services = *open(path);
  const std::uint32_t first = services->counter("hits", "how often");
  const std::uint32_t second = services->counter("hits", "how often");
  services->add(first, 2);
  services->add(second, 3);
  services->add(99, 1);

  EXPECT_EQ(first, second);
  ASSERT_EQ(services->counters().size(), 1u);
  EXPECT_EQ(services->counters()[0].value, 5u);
}

TEST_F(JobServicesTest, LogLinesCarryTheJob) {
  auto services = *open(path);

  services->log(LogLevel::Warning, "careful");

  EXPECT_THAT(log.lines(), ElementsAre("warning [job] clicks: careful"));
}

}  // namespace
}  // namespace weir
