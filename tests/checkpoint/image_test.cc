// What every state image does, in memory or on a disk.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "checkpoint/image_text.h"
#include "connectors/ports/folder.h"
#include "fakes/memory_image.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// The two kinds of image, and how each is opened again as after the end of a process.
class Shelf {
 public:
  virtual ~Shelf() = default;
  virtual std::unique_ptr<StateImage> open() = 0;
};

class MemoryShelf final : public Shelf {
 public:
  std::unique_ptr<StateImage> open() override { return fakes::open_memory_image(disk_); }

 private:
  fakes::MemoryDisk disk_;
};

class RocksShelf final : public Shelf {
 public:
  std::unique_ptr<StateImage> open() override { return open_clicks(folder_.path("image")); }

 private:
  tests::Folder folder_;
};

enum class Kind { Memory, Rocks };

class ImageTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::Memory) shelf_ = std::make_unique<MemoryShelf>();
    if (GetParam() == Kind::Rocks) shelf_ = std::make_unique<RocksShelf>();
    open_again();
  }
  void open_again() {
    image.reset();
    image = shelf_->open();
  }
  void commit(const EpochDelta& epoch) {
    ASSERT_TRUE(image->prepare(epoch));
    ASSERT_TRUE(image->commit());
  }

  std::unique_ptr<StateImage> image;

 private:
  std::unique_ptr<Shelf> shelf_;
};

INSTANTIATE_TEST_SUITE_P(Both,
                         ImageTest,
                         testing::Values(Kind::Memory, Kind::Rocks),
                         [](const auto& kind) {
                           return kind.param == Kind::Memory ? "InMemory" : "OnDisk";
                         });

StateDelta first_delta() {
  StateDelta delta;
  delta.put(1, 5, {"an", "na"}, {"1"});
  delta.put(2, 7, {"bob"}, {"2", "2"});
  delta.note("watermark", "10");
  return delta;
}

TEST_P(ImageTest, APreparedEpochIsNotThereUntilItIsCommitted) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  EXPECT_EQ(image->prepared(), 1u);
  EXPECT_THAT(entries_of(*image), IsEmpty());
  ASSERT_TRUE(image->commit());
  EXPECT_EQ(image->epoch(), 1u);
  EXPECT_THAT(entries_of(*image), ElementsAre(Pair("1/5/anna", "1"), Pair("2/7/bob", "22")));
  EXPECT_THAT(image->reader("sums")->notes("watermark"), ElementsAre("10"));
  EXPECT_THAT(image->operators(), ElementsAre("sums"));
  EXPECT_EQ(image->positions()->at(0).positions.at(0).position, 10);
}

TEST_P(ImageTest, APreparedEpochOutlivesTheProcess) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  open_again();
  EXPECT_EQ(image->prepared(), 1u);
  EXPECT_EQ(image->prepared_by(), "host/1/2.3");
  ASSERT_TRUE(image->commit());
  EXPECT_EQ(entries_of(*image).size(), 2u);
  EXPECT_EQ(image->prepared_by(), "");
}

TEST_P(ImageTest, WhatIsRolledBackNeverWas) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  ASSERT_TRUE(image->roll_back());
  open_again();
  EXPECT_EQ(image->prepared(), std::nullopt);
  EXPECT_EQ(image->epoch(), 0u);
  EXPECT_THAT(entries_of(*image), IsEmpty());
}

TEST_P(ImageTest, ADroppedSectionIsGone) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  ASSERT_TRUE(image->commit());
  StateDelta drop;
  drop.drop({.section = 1, .first_group = 0, .group_count = 128});
  ASSERT_TRUE(image->prepare(epoch_of(2, std::move(drop))));
  ASSERT_TRUE(image->commit());
  open_again();
  EXPECT_THAT(entries_of(*image), ElementsAre(Pair("2/7/bob", "22")));
  EXPECT_THAT(image->reader("sums")->notes("watermark"), ElementsAre("10"));
}

TEST_P(ImageTest, WhatIsWrittenAgainReplacesWhatWasThere) {
  commit(epoch_of(1, first_delta()));
  StateDelta second;
  second.put(1, 5, {"anna"}, {"old"});
  second.put(1, 5, {"anna"}, {"new"});
  second.put(1, 5, {"ann"}, {""});
  second.note("watermark", "20");

  commit(epoch_of(2, std::move(second)));
  open_again();

  EXPECT_THAT(entries_of(*image),
              ElementsAre(Pair("1/5/ann", ""), Pair("1/5/anna", "new"), Pair("2/7/bob", "22")));
  EXPECT_THAT(image->reader("sums")->notes("watermark"), ElementsAre("20"));
  EXPECT_EQ(image->epoch(), 2u);
  EXPECT_EQ(image->positions()->at(0).positions.at(0).position, 20);
}

TEST_P(ImageTest, ReadsOnlyTheKeyGroupsAskedForInTheOrderOfTheirKeys) {
  StateDelta delta;
  for (const std::int64_t section : {3, -2, 0})
    for (const std::uint16_t group : {127, 4, 5, 0})
      for (const char* key : {"b", "a", "aa"})
        delta.put(section, group, {key}, {"x"});
  commit(epoch_of(1, std::move(delta)));

  class Order final : public StateIntake {
   public:
    Status take(const StatePlace& place, std::string_view /*value*/) override {
      places.emplace_back(place.section, place.group, std::string(place.key));
      return Done{};
    }
    std::vector<std::tuple<std::int64_t, int, std::string>> places;
  } order;
  ASSERT_TRUE(image->reader("sums")->read(4, 2, order));

  EXPECT_EQ(order.places.size(), 3u * 2 * 3);
  EXPECT_TRUE(std::is_sorted(order.places.begin(), order.places.end()));
  EXPECT_THAT(order.places,
              testing::Each(testing::FieldsAre(testing::_, testing::AnyOf(4, 5), testing::_)));
}

TEST_P(ImageTest, DropsNoMoreThanTheKeyGroupsNamed) {
  StateDelta delta;
  for (const std::uint16_t group : {0, 9, 10, 65535})
    delta.put(1, group, {"k"}, {"x"});
  delta.put(2, 0, {"k"}, {"x"});
  commit(epoch_of(1, std::move(delta)));

  StateDelta drop;
  drop.drop({.section = 1, .first_group = 9, .group_count = 1});
  drop.drop({.section = 1, .first_group = 65535, .group_count = 1});
  commit(epoch_of(2, std::move(drop)));

  EXPECT_THAT(entries_of(*image),
              ElementsAre(Pair("1/0/k", "x"), Pair("1/10/k", "x"), Pair("2/0/k", "x")));
}

TEST_P(ImageTest, WhatIsPreparedAgainAfterARollBackIsOnlyTheNewEpoch) {
  ASSERT_TRUE(image->prepare(epoch_of(1, first_delta())));
  ASSERT_TRUE(image->roll_back());
  StateDelta other;
  other.put(9, 9, {"other"}, {"1"});
  commit(epoch_of(1, std::move(other)));
  open_again();
  EXPECT_THAT(entries_of(*image), ElementsAre(Pair("9/9/other", "1")));
}

TEST_P(ImageTest, KeepsTheOperatorsApart) {
  EpochDelta epoch = epoch_of(1, first_delta());
  StateDelta second;
  second.put(1, 5, {"anna"}, {"other"});
  second.note("watermark", "11");
  epoch.operators.push_back({"joins", std::move(second)});
  StateDelta of_other_task;
  of_other_task.put(1, 6, {"zoe"}, {"3"});
  of_other_task.note("watermark", "12");
  epoch.operators.push_back({"sums", std::move(of_other_task)});
  epoch.operators.push_back({"idle", {}});
  commit(epoch);
  open_again();

  EXPECT_THAT(image->operators(), testing::UnorderedElementsAre("sums", "joins"));
  EXPECT_EQ(entries_of(*image).size(), 3u);
  EXPECT_THAT(image->reader("sums")->notes("watermark"), testing::UnorderedElementsAre("10", "12"));
  EXPECT_THAT(image->reader("joins")->notes("watermark"), ElementsAre("11"));
  EXPECT_THAT(image->reader("nobody")->notes("watermark"), IsEmpty());
}

TEST_P(ImageTest, AnEpochWithoutChangesMovesThePositions) {
  commit(epoch_of(4, {}));
  open_again();
  EXPECT_EQ(image->epoch(), 4u);
  EXPECT_EQ(image->positions()->at(0).positions.at(0).position, 40);
}

}  // namespace
}  // namespace weir
