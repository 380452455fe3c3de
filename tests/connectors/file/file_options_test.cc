#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "connectors/file/file.h"
#include "connectors/ports/folder.h"
#include "fakes/manual_clock.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PortRequest request(Options options) {
  return {.job = "job", .port = "port", .options = std::move(options), .clusters = {}};
}

std::vector<std::string> texts(const std::vector<OptionMistake>& mistakes) {
  std::vector<std::string> texts;
  for (const auto& mistake : mistakes) {
    texts.push_back(mistake.key + ": found " + mistake.found + ", expected " + mistake.expected);
  }
  return texts;
}

class FileOptions : public testing::Test {
 protected:
  fakes::ManualClock clock_;
  std::unique_ptr<Connector> connector_ = make_file_connector(clock_);
};

TEST_F(FileOptions, AreRightWhenOnlyThePathIsGiven) {
  EXPECT_THAT(connector_->check_source(request({{"path", std::string("/a")}})), IsEmpty());
  EXPECT_THAT(connector_->check_sink(request({{"path", std::string("/a")}})), IsEmpty());
}

TEST_F(FileOptions, TellAllThatIsWrongAtOnce) {
  EXPECT_THAT(texts(connector_->check_sink(request({{"path", std::string("/a/")},
                                                    {"rotate_size", std::int64_t{0}},
                                                    {"rotate_after", std::int64_t{-1}}}))),
              ElementsAre("path: found /a/, expected a file, not a folder",
                          "rotate_size: found 0, expected more than 0",
                          "rotate_after: found -1, expected more than 0"));
  EXPECT_THAT(texts(connector_->check_source(
                  request({{"path", std::string("/a")}, {"line_max", std::int64_t{0}}}))),
              ElementsAre("line_max: found 0, expected more than 0, at most 1GiB"));
}

TEST_F(FileOptions, OpenWhatTheySay) {
  const tests::Folder folder;
  const PortRequest port =
      request({{"path", folder.path("a.jsonl")}, {"rotate_size", std::int64_t{5}}});
  {
    auto sink = connector_->open_sink(port).value();
    auto writers = sink->open_writers(1).value();
    const std::vector<OutMessage> messages = {{.key = {}, .value = "one", .headers = {}}};
    EXPECT_EQ(writers[0]->write(messages).value(), 1u);
  }
  auto source = connector_->open_source(request({{"path", folder.path("a.*.jsonl")}})).value();

  EXPECT_EQ(source->open_readers(1, {}).value()[0]->splits()[0].name, folder.path("a.0.jsonl"));
}

}  // namespace
}  // namespace weir
