// The power goes at every write of an image's life, one after the other.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "base/format.h"
#include "checkpoint/faulty_files.h"
#include "checkpoint/image_text.h"
#include "checkpoint/rocks_image.h"
#include "checkpoint/rocks_options.h"
#include "connectors/ports/folder.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

constexpr std::uint64_t kEpochs = 6;
constexpr std::uint64_t kRolledBack = 4;  // The first attempt at this one.
constexpr std::uint64_t kFlushedAt = 3;   // Opening the image writes tables.

// Section n comes with epoch n and is dropped by epoch n + 2; many sectors each.
StateDelta delta_of(std::uint64_t epoch) {
  StateDelta delta;
  std::mt19937_64 random(epoch);
  std::string noise;
  while (noise.size() < 3'000)
    noise += format("{:x}", random());
  const auto section = static_cast<std::int64_t>(epoch);
  delta.put(section, 4, {"noise"}, {noise});
  delta.put(1'000, 3, {"last"}, {std::to_string(epoch)});
  if (epoch > 2) delta.drop({.section = section - 2, .first_group = 0, .group_count = 128});
  return delta;
}

// What happened, as the world outside knows it: it hears of an epoch between the image's prepare
// and its commit.
struct World {
  std::uint64_t published = 0;
  std::uint64_t announced = 0;  // The last one that was prepared for certain.
};

struct Fault {
  FaultyFiles::Loss loss;
  std::size_t unflushed_bytes;  // Few: a new log and a new table for nearly each epoch.
};

class ImagePowerTest : public testing::TestWithParam<Fault> {
 protected:
  std::string place() const { return folder->path("state/images/clicks"); }

  Result<std::unique_ptr<StateImage>> open() {
    return open_rocks_image(place(), {.job = "clicks"}, share);
  }
  static Status decide(StateImage& image, const World& world) {
    if (!image.prepared()) return Done{};
    return *image.prepared() == world.published ? image.commit() : image.roll_back();
  }

  // From where the world is to the end, or to the first call that fails.
  Status live(World& world) {
    TRY(auto image, open());
    TRY_DO(decide(*image, world));
    while (world.published < kEpochs) {
      const std::uint64_t epoch = world.published + 1;
      if (epoch == kFlushedAt) {
        image.reset();
        TRY(image, open());
        TRY_DO(decide(*image, world));
      }
      TRY_DO(image->prepare(epoch_of(epoch, delta_of(epoch))));
      world.announced = epoch;
      if (epoch == kRolledBack && !std::exchange(was_rolled_back, true)) {
        world.announced = epoch - 1;
        TRY_DO(image->roll_back());
        continue;
      }
      world.published = epoch;
      TRY_DO(image->commit());
    }
    return Done{};
  }

  void expect_epoch(const StateImage& image, std::uint64_t epoch) {
    ASSERT_EQ(image.epoch(), epoch);
    const auto entries = entries_of(image);
    ASSERT_EQ(entries.size(), epoch == 0 ? 0 : std::min<std::uint64_t>(epoch, 2) + 1);
    if (epoch == 0) return;
    EXPECT_EQ(entries.at("1000/3/last"), std::to_string(epoch));
    EXPECT_EQ(entries.count(format("{}/4/noise", epoch)), 1u);
    EXPECT_EQ((*image.positions())[0].positions[0].position, static_cast<std::int64_t>(epoch * 10));
  }

  // Dies at a write, and goes on. Whether it got there before the end.
  bool dies_at(int write, std::mt19937& random) {
    folder.emplace();
    files = std::make_shared<FaultyFiles>();
    RocksShareOptions options;
    options.unflushed_bytes_max = GetParam().unflushed_bytes;
    share = std::make_shared<RocksShare>(options, files);
    was_rolled_back = false;
    World world;
    files->cut_power(write);
    const Status lived = live(world);
    if (lived && files->faults() == 0) return false;
    files->restore_power(random, GetParam().loss);
    EXPECT_GT(files->faults(), 0);

    const auto image = open();
    EXPECT_TRUE(image) << image.error().text();
    if (!image) return true;
    // What was prepared is there, committed or not; nothing is there that nobody asked for.
    EXPECT_GE(std::max((*image)->epoch(), (*image)->prepared().value_or(0)), world.announced);
    EXPECT_LE((*image)->epoch(), world.published);
    const Status decided = decide(**image, world);
    EXPECT_TRUE(decided) << decided.error().text();
    expect_epoch(**image, world.published);
    return true;
  }

  std::optional<tests::Folder> folder;
  std::shared_ptr<FaultyFiles> files;
  std::shared_ptr<RocksShare> share;
  bool was_rolled_back = false;
};

TEST_P(ImagePowerTest, EveryEpochIsThereWholeOrNotAtAllWhereverThePowerGoes) {
  std::mt19937 random(tests::test_seed());
  int write = 0;
  // Opening makes many writes; with a table for each epoch there are several times as many.
  const int stride_max = GetParam().unflushed_bytes < 10'000 ? 12 : 3;
  for (; dies_at(write, random); write += 1 + static_cast<int>(random() % stride_max)) {
    ASSERT_FALSE(HasFailure()) << "at write " << write;
    // And it goes on from there, to the end.
    World world{.published = 0, .announced = 0};
    {
      const auto image = open();
      ASSERT_TRUE(image) << image.error().text();
      world.published = (*image)->epoch();
    }
    was_rolled_back = false;
    const Status lived = live(world);
    ASSERT_TRUE(lived) << "at write " << write << ": " << lived.error().text();
    const auto image = open();
    ASSERT_TRUE(image) << image.error().text();
    expect_epoch(**image, kEpochs);
    ASSERT_FALSE(HasFailure()) << "at write " << write;
  }
  EXPECT_GT(write, 30);
}

INSTANTIATE_TEST_SUITE_P(Each,
                         ImagePowerTest,
                         testing::Values(Fault{FaultyFiles::Loss::End, 256 << 20},
                                         Fault{FaultyFiles::Loss::Sectors, 256 << 20},
                                         Fault{FaultyFiles::Loss::End, 1 << 10},
                                         Fault{FaultyFiles::Loss::Sectors, 1 << 10}),
                         [](const auto& fault) {
                           const bool is_end = fault.param.loss == FaultyFiles::Loss::End;
                           return format(
                               "{}{}",
                               is_end ? "TheEndIsLost" : "SectorsAreLost",
                               fault.param.unflushed_bytes < 10'000 ? "BehindTables" : "");
                         });

}  // namespace
}  // namespace weir
