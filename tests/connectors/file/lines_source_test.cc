#include "connectors/file/lines_source.h"

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "connectors/ports/folder.h"
#include "connectors/ports/recorded_intake.h"
#include "fakes/manual_clock.h"

namespace weir::file {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LinesSource : public testing::Test {
 protected:
  using Readers = std::vector<std::unique_ptr<SourceReader>>;

  Readers open(const std::string& path,
               SourceOptions options = {},
               std::size_t count = 1,
               const std::vector<SplitPosition>& restored = {}) {
    options.path = path;
    source_ = std::make_unique<file::LinesSource>(options, clock_);
    return source_->open_readers(count, restored).value();
  }

  std::string open_error(const std::string& path, const std::vector<SplitPosition>& restored = {}) {
    file::LinesSource source({.path = path}, clock_);
    auto readers = source.open_readers(1, restored);
    return readers ? "none" : readers.error().text();
  }

  // All that is ready.
  static tests::RecordedIntake read(SourceReader& reader, std::size_t records_max = 256) {
    tests::RecordedIntake intake;
    for (int idle = 0; idle < 3;) {
      idle = reader.poll(records_max, intake).value() == 0 ? idle + 1 : 0;
    }
    return intake;
  }

  static std::vector<std::int64_t> offsets(const tests::RecordedIntake& intake) {
    std::vector<std::int64_t> offsets;
    for (const auto& record : intake.records)
      offsets.push_back(record.offset);
    return offsets;
  }

  tests::Folder folder_;
  fakes::ManualClock clock_;
  std::unique_ptr<file::LinesSource> source_;
};

TEST_F(LinesSource, HandsOverLinesWithTheirPositionAndEnds) {
  const auto readers = open(folder_.write("a.jsonl", "one\ntwo\r\n\n\r\nfive\n"));

  const auto intake = read(*readers[0]);
  EXPECT_THAT(intake.values(), ElementsAre("one", "two", "five"));
  EXPECT_THAT(offsets(intake), ElementsAre(0, 4, 12));
  EXPECT_EQ(readers[0]->positions()[0].position, 17);
  EXPECT_TRUE(readers[0]->has_ended());
  EXPECT_TRUE(readers[0]->splits()[0].has_ended);
}

TEST_F(LinesSource, HandsOverALastLineWithoutEnd) {
  const auto readers = open(folder_.write("a.jsonl", "one\ntwo"));

  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("one", "two"));
  EXPECT_EQ(readers[0]->positions()[0].position, 7);
  EXPECT_TRUE(readers[0]->has_ended());
}

TEST_F(LinesSource, AnEmptyFileEndsAtOnce) {
  const auto readers = open(folder_.write("a.jsonl", ""));

  EXPECT_THAT(read(*readers[0]).values(), IsEmpty());
  EXPECT_TRUE(readers[0]->has_ended());
}

TEST_F(LinesSource, GoesOnBehindTheRestoredPosition) {
  const std::string path = folder_.write("a.jsonl", "one\ntwo\nthree\n");
  tests::RecordedIntake first;
  {
    const auto readers = open(path);
    EXPECT_EQ(readers[0]->poll(2, first).value(), 2u);
    const auto again = open(path, {}, 1, readers[0]->positions());
    EXPECT_THAT(read(*again[0]).values(), ElementsAre("three"));
  }
}

TEST_F(LinesSource, RefusesAPositionBehindTheEnd) {
  const std::string path = folder_.write("a.jsonl", "one\n");

  EXPECT_EQ(open_error(path, {{path, 5}}),
            "invalid: " + path + " has 4 bytes: cannot continue at byte 5");
}

TEST_F(LinesSource, SaysWhatIsNotThere) {
  EXPECT_EQ(open_error(folder_.path("none.jsonl")),
            "not found: no file " + folder_.path("none.jsonl"));
  EXPECT_EQ(open_error(folder_.path("*.jsonl")), "not found: no file " + folder_.path("*.jsonl"));
}

TEST_F(LinesSource, ReadersShareTheFilesOfAPattern) {
  for (const char* name : {"b.jsonl", "a.jsonl", "c.jsonl"}) {
    folder_.write(name, std::string("in ") + name + "\n");
  }
  folder_.write("d.txt", "no\n");
  std::filesystem::create_directory(folder_.path("e.jsonl"));

  const auto readers = open(folder_.path("*.jsonl"), {}, 2);

  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("in a.jsonl", "in c.jsonl"));
  EXPECT_THAT(read(*readers[1]).values(), ElementsAre("in b.jsonl"));
  EXPECT_EQ(readers[1]->splits()[0].name, folder_.path("b.jsonl"));
  EXPECT_TRUE(readers[0]->has_ended());
}

TEST_F(LinesSource, AReaderWithoutFilesHasEnded) {
  const auto readers = open(folder_.write("a.jsonl", "one\n"), {}, 3);

  EXPECT_FALSE(readers[0]->has_ended());
  EXPECT_TRUE(readers[2]->has_ended());
  EXPECT_THAT(readers[2]->positions(), IsEmpty());
}

TEST_F(LinesSource, FilesTakeTurns) {
  folder_.write("a.jsonl", "a1\na2\na3\na4\n");
  folder_.write("b.jsonl", "b1\nb2\n");
  const auto readers = open(folder_.path("*"));

  EXPECT_THAT(read(*readers[0], 2).values(), ElementsAre("a1", "a2", "b1", "b2", "a3", "a4"));
}

TEST_F(LinesSource, ALineOfAnySizeIsWhole) {
  std::mt19937 random(7);
  std::string content;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t size = std::size_t{1} << random() % 20;
    lines.emplace_back(size + random() % size, static_cast<char>('a' + i % 26));
    content += lines.back() + "\n";
  }
  const auto readers = open(folder_.write("a.jsonl", content));

  EXPECT_EQ(read(*readers[0]).values(), lines);
}

TEST_F(LinesSource, ALineThatIsTooLongIsCutOffAndTheNextOneIsWhole) {
  const std::string path =
      folder_.write("a.jsonl", "one\n" + std::string(1'000'000, 'x') + "\nthree\n");
  const auto readers = open(path, {.line_max = 1000});

  const auto intake = read(*readers[0]);

  EXPECT_THAT(intake.values(), ElementsAre("one", std::string(1000, 'x'), "three"));
  EXPECT_THAT(offsets(intake), ElementsAre(0, 4, 1'000'005));
}

TEST_F(LinesSource, APositionWithinALineThatWasCutOffIsItsBegin) {
  const std::string path = folder_.write("a.jsonl", "one\n" + std::string(1'000'000, 'x') + "\n");
  const auto readers = open(path, {.line_max = 1000});

  tests::RecordedIntake intake;
  while (intake.records.size() < 2)
    ASSERT_TRUE(readers[0]->poll(1, intake));
  EXPECT_EQ(readers[0]->positions()[0].position, 4);
  read(*readers[0]);
  EXPECT_EQ(readers[0]->positions()[0].position, 1'000'005);
}

TEST_F(LinesSource, FollowsAFileThatGrows) {
  const std::string path = folder_.write("a.jsonl", "one\ntw");
  const auto readers = open(path, {.follow = true});
  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("one"));
  EXPECT_EQ(readers[0]->positions()[0].position, 4);

  folder_.append("a.jsonl", "o\nthree\n");
  clock_.advance(std::chrono::seconds(1));

  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("two", "three"));
  EXPECT_FALSE(readers[0]->has_ended());
}

TEST_F(LinesSource, FindsNewFilesOfAFollowedPattern) {
  const auto readers = open(folder_.path("*.jsonl"), {.follow = true}, 2);
  EXPECT_THAT(read(*readers[0]).values(), IsEmpty());

  folder_.write("b.jsonl", "b\n");
  clock_.advance(std::chrono::seconds(1));
  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("b"));
  folder_.write("a.jsonl", "a\n");
  clock_.advance(std::chrono::seconds(1));
  EXPECT_THAT(read(*readers[0]).values(), IsEmpty());
  EXPECT_THAT(read(*readers[1]).values(), ElementsAre("a"));
}

TEST_F(LinesSource, SaysThatAFollowedFileWasCut) {
  const std::string path = folder_.write("a.jsonl", "one\ntwo\n");
  const auto readers = open(path, {.follow = true});
  EXPECT_THAT(read(*readers[0]).values(), ElementsAre("one", "two"));

  folder_.write("a.jsonl", "x\n");
  clock_.advance(std::chrono::seconds(1));

  tests::RecordedIntake intake;
  auto outcome = readers[0]->poll(10, intake);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().text(),
            "corrupt: " + path + " was cut to 2 bytes after byte 8 had been read");
}

}  // namespace
}  // namespace weir::file
