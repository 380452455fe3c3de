#include "connectors/stdout/stdout.h"

#include <array>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>

namespace weir {
namespace {

using testing::ElementsAre;

// A pipe in the place of the terminal.
class Stdout : public testing::Test {
 protected:
  Stdout() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::signal(SIGPIPE, SIG_IGN);
    connector_ = make_stdout_connector(ends_[1]);
  }
  ~Stdout() override {
    close_reading();
    ::close(ends_[1]);
  }

  void close_reading() {
    if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
  }

  std::unique_ptr<Sink> open(const std::string& port, Options options = {}) {
    return connector_->open_sink({.job = "job", .port = port, .options = options, .clusters = {}})
        .value();
  }

  static std::size_t write(SinkWriter& writer, std::string_view value) {
    const std::array messages = {OutMessage{.key = {}, .value = value, .headers = {}}};
    return writer.write(messages).value();
  }

  // Reads until the bytes end with `last`.
  std::string read_until(std::string_view last) {
    std::string bytes;
    while (!bytes.ends_with(last)) {
      std::array<char, 65536> piece{};
      const ssize_t count = ::read(ends_[0], piece.data(), piece.size());
      if (count <= 0) break;
      bytes.append(piece.data(), static_cast<std::size_t>(count));
    }
    return bytes;
  }

  std::array<int, 2> ends_{};
  std::unique_ptr<Connector> connector_;
};

TEST_F(Stdout, PutsTheNameOfTheSinkOrTheLabelBeforeEachLine) {
  auto labels = open("labels");
  auto named = open("other", {{"label", std::string("hot:")}});
  auto plain = open("other", {{"label", std::string()}});

  write(*labels->open_writers(1).value()[0], "{\"a\":1}");
  write(*named->open_writers(1).value()[0], "{\"a\":2}");
  write(*plain->open_writers(1).value()[0], "{\"a\":3}");

  EXPECT_EQ(read_until("3}\n"), "labels {\"a\":1}\nhot: {\"a\":2}\n{\"a\":3}\n");
}

TEST_F(Stdout, RefusesWhenNobodyReadsAndGoesOnWhenSomebodyDoes) {
  auto sink = open("s", {{"label", std::string()}});
  auto writer = std::move(sink->open_writers(1).value()[0]);
  const std::string line(100'000, 'x');

  std::size_t taken = 0;
  while (write(*writer, line) == 1)
    ++taken;
  EXPECT_GT(taken, 5u);
  EXPECT_LT(taken, 20u);
  EXPECT_EQ(writer->flush().value(), Flush::Pending);

  std::size_t bytes = 0;
  std::thread reader([&] { bytes = read_until("end\n").size(); });
  while (write(*writer, "end") == 0) {}
  while (writer->flush().value() == Flush::Pending) {}
  reader.join();
  EXPECT_EQ(bytes, taken * (line.size() + 1) + 4);
}

TEST_F(Stdout, NeverMixesLinesOfDifferentWriters) {
  constexpr int kLines = 2000;
  auto sink = open("s", {{"label", std::string()}});
  auto writers = sink->open_writers(3).value();
  std::string bytes;
  std::thread reader([&] { bytes = read_until("end\n"); });
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < writers.size(); ++i) {
    threads.emplace_back([&, i] {
      const std::string line(200 + i, static_cast<char>('a' + i));
      for (int n = 0; n < kLines;)
        n += static_cast<int>(write(*writers[i], line));
      while (writers[i]->flush().value() == Flush::Pending) {}
    });
  }
  for (auto& thread : threads)
    thread.join();
  while (write(*writers[0], "end") == 0) {}
  while (writers[0]->flush().value() == Flush::Pending) {}
  reader.join();

  std::array<int, 3> counts{};
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = bytes.find('\n', begin);
    const std::string line = bytes.substr(begin, end - begin);
    begin = end + 1;
    if (line == "end") continue;
    const auto writer = static_cast<std::size_t>(line[0] - 'a');
    ASSERT_LT(writer, counts.size());
    ASSERT_EQ(line, std::string(200 + writer, line[0]));
    ++counts[writer];
  }
  EXPECT_THAT(counts, ElementsAre(kLines, kLines, kLines));
}

TEST_F(Stdout, SaysThatTheReaderIsGone) {
  auto sink = open("s");
  auto writer = std::move(sink->open_writers(1).value()[0]);
  close_reading();

  const std::array messages = {OutMessage{.key = {}, .value = "x", .headers = {}}};
  const auto outcome = writer->write(messages);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(Result(outcome).error().text(), "unavailable: write to standard output: Broken pipe");
}

}  // namespace
}  // namespace weir
