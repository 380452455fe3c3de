// Savepoints of an image that goes on being written.
#include "checkpoint/savepoint.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "checkpoint/image_text.h"
#include "checkpoint/state_folder.h"
#include "checkpoint/stored_state.h"
#include "connectors/ports/folder.h"

namespace weir {
namespace {

using testing::HasSubstr;

class Values final : public EntryIntake {
 public:
  Status take(const StatePlace& /*place*/,
              std::uint8_t /*layout*/,
              std::string_view value) override {
    found.emplace_back(value);
    return Done{};
  }
  std::vector<std::string> found;
};

class LiveSavepoint : public testing::Test {
 protected:
  void SetUp() override { image = open_clicks(image_folder(state(), "clicks").string()); }
  std::string state() const { return folder.path("state"); }
  // Key "k" counts epochs.
  void commit(std::uint64_t epoch) {
    StateDelta delta;
    delta.put(1, 3, {"k"}, {std::to_string(epoch)});
    ASSERT_TRUE(image->prepare(epoch_of(epoch, std::move(delta))) && image->commit());
  }
  Result<Savepoint> save(const char* name) const {
    return create_savepoint(state(), "clicks", name, WallTime(), [this](const auto& copy) {
      return image->copy_to(copy);
    });
  }

  tests::Folder folder;
  std::unique_ptr<StateImage> image;
};

TEST_F(LiveSavepoint, HoldsTheEpochItWasMadeAtThoughTheImageGoesOn) {
  commit(1);
  commit(2);
  const auto saved = save("two");
  ASSERT_TRUE(saved) << saved.error().text();
  EXPECT_EQ(saved->head.epoch, 2u);
  for (std::uint64_t epoch = 3; epoch <= 5; ++epoch)
    commit(epoch);
  EXPECT_EQ(entries_of(*image).at("1/3/k"), "5");
  image.reset();

  ASSERT_TRUE(inspect_savepoint(savepoints_folder(state(), "clicks") / "two"));
  ASSERT_TRUE(restore_savepoint(state(), "clicks", "two"));
  image = open_clicks(image_folder(state(), "clicks").string());
  EXPECT_TRUE(image->is_restored());
  EXPECT_EQ(image->epoch(), 2u);
  EXPECT_EQ(entries_of(*image).at("1/3/k"), "2");
  EXPECT_EQ((*image->positions())[0].positions[0].position, 20);
}

TEST_F(LiveSavepoint, TakesANameOnce) {
  commit(1);
  ASSERT_TRUE(save("one"));
  const auto again = save("one");
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message(), HasSubstr("there is a savepoint one already"));
  commit(2);
  ASSERT_TRUE(save("two"));
  EXPECT_EQ(list_savepoints(state(), "clicks")->size(), 2u);
}

TEST_F(LiveSavepoint, LeavesNothingBehindWhenItCannotBeMade) {
  commit(1);
  const auto refused = create_savepoint(state(), "clicks", "one", WallTime(), [](const auto&) {
    return Status(Error(ErrorKind::Unavailable, "no space left on device"));
  });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("no space left"));
  EXPECT_TRUE(std::filesystem::is_empty(savepoints_folder(state(), "clicks")));
  EXPECT_TRUE(save("one"));
}

TEST_F(LiveSavepoint, ACopyIsReadThoughItsFolderIsGoneAndTheImageGoesOn) {
  commit(1);
  const std::filesystem::path copy = folder.path("copy");
  ASSERT_TRUE(image->copy_to(copy));
  commit(2);

  const auto opened = open_copied_state(copy);

  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_FALSE(std::filesystem::exists(copy));
  for (std::uint64_t epoch = 3; epoch <= 5; ++epoch)
    commit(epoch);
  EXPECT_EQ((*opened)->metadata().head().epoch, 1u);
  const auto number = (*opened)->metadata().number_of("sums");
  ASSERT_TRUE(number);
  Values values;
  ASSERT_TRUE((*opened)->read(*number, values));
  EXPECT_THAT(values.found, testing::ElementsAre("1"));
}

}  // namespace
}  // namespace weir
