#include "checkpoint/image_text.h"

#include <utility>

#include <gmock/gmock.h>

#include "base/format.h"
#include "checkpoint/rocks_image.h"

namespace weir {
namespace {

class Recorded final : public StateIntake {
 public:
  Status take(const StatePlace& place, std::string_view value) override {
    entries[format("{}/{}/{}", place.section, place.group, place.key)] = value;
    return Done{};
  }
  std::map<std::string, std::string> entries;
};

}  // namespace

EpochDelta epoch_of(std::uint64_t epoch, StateDelta delta) {
  EpochDelta made;
  made.epoch = epoch;
  made.owner = "host/1/2.3";
  made.positions = {
      {.source = "in", .positions = {{"topic/0", static_cast<std::int64_t>(epoch * 10)}}}};
  made.operators.push_back({"sums", std::move(delta)});
  return made;
}

std::map<std::string, std::string> entries_of(const StateImage& image) {
  Recorded recorded;
  const auto read = image.reader("sums")->read(0, 65535, recorded);
  EXPECT_TRUE(read) << read.error().text();
  return recorded.entries;
}

std::unique_ptr<StateImage> open_clicks(const std::string& folder) {
  auto image = open_rocks_image(folder, {.job = "clicks"}, make_rocks_share());
  EXPECT_TRUE(image) << image.error().text();
  return image ? std::move(image).value() : nullptr;
}

}  // namespace weir
