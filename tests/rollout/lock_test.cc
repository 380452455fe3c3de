#include "rollout/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

LockedJob enter_job() {
  return {.name = "enter-cn",
          .job_class = "label",
          .plugin = "classroom",
          .type = "enter",
          .version = "1.4.0",
          .hash = std::string(64, 'a'),
          .build_id = "180a",
          .graph = "0123456789abcdef",
          .parameters = "0123456789abcdee",
          .settings = "0123456789abcded",
          .states = {{"attempts", 2, R"({"kind":"aggregate","name":"a\\b\u0001 é"})"},
                     {"rows", 0, "{}"}}};
}

ReadLock read(std::string_view text) {
  return read_lock_text(text, "jobs.lock");
}

std::vector<std::string> texts(const std::vector<Mistake>& mistakes) {
  std::vector<std::string> all;
  for (const Mistake& mistake : mistakes)
    all.push_back(text(mistake));
  return all;
}

TEST(Lock, IsReadAsItWasWritten) {
  const Lock lock{.generation = 7, .jobs = {enter_job()}};

  const ReadLock again = read(encode_lock(lock));

  EXPECT_THAT(again.mistakes, IsEmpty());
  EXPECT_EQ(again.lock, lock);
  EXPECT_EQ(encode_lock(again.lock), encode_lock(lock));
}

TEST(Lock, ThatIsMissingIsOfGenerationZero) {
  const ReadLock none = read_lock("no/such/jobs.lock");

  EXPECT_THAT(none.mistakes, IsEmpty());
  EXPECT_EQ(none.lock, Lock());
}

TEST(Lock, StandsBesideItsJobsFile) {
  EXPECT_EQ(lock_path_of("conf/jobs.toml"), "conf/jobs.lock");
  EXPECT_EQ(lock_path_of("cn.toml"), "cn.lock");
}

TEST(Lock, EveryMistakeIsToldAtOnce) {
  const ReadLock broken = read(R"(
[[job]]
name = "enter"
plugin = 7
type = "enter"
version = "1.4.0"
hash = "sha256:xyz"
graph = "1"
parameters = "2"
settings = "3"
colour = "red"
  [[job.state]]
  uid = "attempts"
)");

  EXPECT_THAT(texts(broken.mistakes),
              ElementsAre(HasSubstr("generation: found nothing, expected a number from 1 on"),
                          HasSubstr("jobs.lock:4:10: job[1].plugin: found 7, expected a text"),
                          HasSubstr("job[1].hash: found \"sha256:xyz\", expected sha256: and 64"),
                          HasSubstr("job[1].colour: found an unknown key"),
                          HasSubstr("job[1].state[1].form: found nothing")));
}

TEST(Lock, AJobStandsInItOnce) {
  const std::string text = encode_lock({.generation = 1, .jobs = {enter_job(), enter_job()}});

  EXPECT_THAT(texts(read(text).mistakes), ElementsAre(HasSubstr("a name that no other job has")));
}

TEST(Lock, BrokenTomlIsOneMistake) {
  EXPECT_THAT(read("generation = ").mistakes, SizeIs(1));
}

TEST(Lock, EveryShorterTextIsReadOrRefused) {
  const std::string text = encode_lock({.generation = 3, .jobs = {enter_job()}});
  for (std::size_t size = 0; size < text.size(); ++size) {
    const ReadLock cut = read(std::string_view(text).substr(0, size));
    EXPECT_TRUE(!cut.mistakes.empty() || cut.lock.generation == 3) << size;
  }
}

}  // namespace
}  // namespace weir
