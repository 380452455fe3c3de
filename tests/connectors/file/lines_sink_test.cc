#include "connectors/file/lines_sink.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "connectors/ports/folder.h"
#include "fakes/manual_clock.h"

namespace weir::file {
namespace {

using testing::ElementsAre;

// A sink with one writer.
class SinkRun final {
 public:
  SinkRun(const SinkOptions& options, const Clock& clock) : sink_(options, clock) {
    writers_ = sink_.open_writers(1).value();
  }

  void write(std::string_view value) {
    const std::array messages = {OutMessage{.key = {}, .value = value, .headers = {}}};
    while (writers_[0]->write(messages).value() == 0) {}
  }
  void flush() {
    while (writers_[0]->flush().value() == Flush::Pending) {}
  }

 private:
  file::LinesSink sink_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
};

class LinesSink : public testing::Test {
 protected:
  tests::Folder folder_;
  fakes::ManualClock clock_;
};

TEST_F(LinesSink, AppendsLinesInOrder) {
  const SinkOptions options{.path = folder_.path("deep/er/a.jsonl")};
  {
    SinkRun run(options, clock_);
    run.write("one");
    run.write("two");
    run.flush();
    EXPECT_EQ(folder_.read("deep/er/a.jsonl"), "one\ntwo\n");
  }
  SinkRun again(options, clock_);
  again.write("three");
  again.flush();

  EXPECT_EQ(folder_.read("deep/er/a.jsonl"), "one\ntwo\nthree\n");
}

TEST_F(LinesSink, WritesWhatWasNotFlushedWhenItEnds) {
  {
    SinkRun run({.path = folder_.path("a.jsonl")}, clock_);
    run.write("one");
  }

  EXPECT_EQ(folder_.read("a.jsonl"), "one\n");
}

TEST_F(LinesSink, EndsALineThatWasTornByACrash) {
  folder_.write("a.jsonl", "one\ntw");
  SinkRun run({.path = folder_.path("a.jsonl")}, clock_);
  run.write("three");
  run.flush();

  EXPECT_EQ(folder_.read("a.jsonl"), "one\ntw\nthree\n");
}

TEST_F(LinesSink, RotatesBySize) {
  const SinkOptions options{.path = folder_.path("a.jsonl"), .rotate_bytes = 8};
  {
    SinkRun run(options, clock_);
    for (const char* line : {"1", "22", "333", "a line longer than eight", "5"})
      run.write(line);
    run.flush();
  }
  EXPECT_THAT(folder_.names(), ElementsAre("a.0.jsonl", "a.1.jsonl", "a.2.jsonl"));
  EXPECT_EQ(folder_.read("a.0.jsonl"), "1\n22\n333\n");
  EXPECT_EQ(folder_.read("a.1.jsonl"), "a line longer than eight\n");
  EXPECT_EQ(folder_.read("a.2.jsonl"), "5\n");

  SinkRun again(options, clock_);
  again.write("6");
  again.flush();
  EXPECT_EQ(folder_.read("a.2.jsonl"), "5\n6\n");
}

TEST_F(LinesSink, RotatesByTimeButLeavesNoEmptyFile) {
  SinkRun run({.path = folder_.path("a.jsonl"),

               .rotate_after = std::chrono::milliseconds(1000)},
              clock_);
  clock_.advance(std::chrono::seconds(5));
  run.write("one");
  run.flush();
  clock_.advance(std::chrono::seconds(1));
  run.write("two");
  run.flush();

  EXPECT_THAT(folder_.names(), ElementsAre("a.0.jsonl", "a.1.jsonl"));
  EXPECT_EQ(folder_.read("a.0.jsonl"), "one\n");
}

TEST_F(LinesSink, ContinuesBehindTheLargestNumberAndIgnoresOtherFiles) {
  for (const char* name : {"a.9.jsonl", "a.10.jsonl", "a.x.jsonl", "a.11.json", "b.12.jsonl"}) {
    folder_.write(name, "old\n");
  }
  SinkRun run({.path = folder_.path("a.jsonl"), .rotate_bytes = 100}, clock_);
  run.write("new");
  run.flush();

  EXPECT_EQ(folder_.read("a.10.jsonl"), "old\nnew\n");
}

TEST_F(LinesSink, RefusesAFileThatAnotherSinkWrites) {
  const SinkOptions options{.path = folder_.path("a.jsonl")};
  SinkRun run(options, clock_);

  file::LinesSink other(options, clock_);
  auto writers = other.open_writers(1);
  ASSERT_FALSE(writers);
  EXPECT_EQ(writers.error().text(),
            "unavailable: another sink writes to " + folder_.path("a.jsonl"));
}

TEST_F(LinesSink, SaysWhyAFileCannotBeOpened) {
  std::filesystem::create_directory(folder_.path("a.jsonl"));

  file::LinesSink sink({.path = folder_.path("a.jsonl")}, clock_);
  auto writers = sink.open_writers(1);
  ASSERT_FALSE(writers);
  EXPECT_EQ(writers.error().text(),
            "invalid: open " + folder_.path("a.jsonl") + ": Is a directory");
}

TEST_F(LinesSink, AFullDiskEndsTheWriters) {
  file::LinesSink sink({.path = "/dev/full"}, clock_);
  auto writers = sink.open_writers(2).value();
  const std::array messages = {OutMessage{.key = {}, .value = "x", .headers = {}}};
  ASSERT_TRUE(writers[0]->write(messages));

  auto flushed = writers[0]->flush();
  while (flushed && *flushed == Flush::Pending)
    flushed = writers[0]->flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().text(), "unavailable: write to /dev/full: No space left on device");
  EXPECT_FALSE(writers[1]->write(messages));
}

TEST_F(LinesSink, KeepsTheLinesOfManyWritersWholeAndInOrder) {
  constexpr int kLines = 5000;
  {
    file::LinesSink sink({.path = folder_.path("a.jsonl")}, clock_);
    auto writers = sink.open_writers(3).value();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < writers.size(); ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < kLines;) {
          const std::string value = std::to_string(i) + ":" + std::to_string(n);
          const std::array messages = {OutMessage{.key = {}, .value = value, .headers = {}}};
          n += static_cast<int>(writers[i]->write(messages).value());
        }
        while (writers[i]->flush().value() == Flush::Pending) {}
      });
    }
    for (auto& thread : threads)
      thread.join();
  }

  const std::string content = folder_.read("a.jsonl");
  std::array<int, 3> next{};
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = content.find('\n', begin);
    const std::string line = content.substr(begin, end - begin);
    const auto writer = static_cast<std::size_t>(line[0] - '0');
    ASSERT_EQ(line.substr(2), std::to_string(next.at(writer)++));
    begin = end + 1;
  }
  EXPECT_THAT(next, ElementsAre(kLines, kLines, kLines));
}

}  // namespace
}  // namespace weir::file
