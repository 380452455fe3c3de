// A job through many lives of its host. A seed is repeated by
//   WEIR_SIM_SEED=17 build/dev/tests/sim_test --gtest_filter='*Lives*'
// and more of them are run by WEIR_SIM_SEEDS=10000, starting at WEIR_SIM_SEED.
#include "sim/lives.h"

#include <utility>

#include <gmock/gmock.h>

#include "sim/seeds.h"

namespace weir::sim {
namespace {

using Kind = Lives::Kind;

constexpr std::uint64_t kSeeds = 60;
// A mutation that so many seeds do not find is not found.
constexpr std::uint64_t kMutationSeedsMax = 200;

void add(Lives::Events& sum, const Lives::Events& more) {
  sum.crashes += more.crashes;
  sum.drains += more.drains;
  sum.lost_marks += more.lost_marks;
  sum.lost_rows += more.lost_rows;
  sum.changes += more.changes;
  sum.new_counts += more.new_counts;
  sum.lost_states += more.lost_states;
  sum.full_disks += more.full_disks;
  sum.troubles += more.troubles;
}

class LivesTest : public testing::TestWithParam<Kind> {};

TEST_P(LivesTest, GiveTheOutputThatTheirDeliveryPromises) {
  const Seeds seeds = asked_seeds(kSeeds);
  Lives::Events all;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    Lives lives(seed, GetParam(), Mutation::None);

    ASSERT_EQ(lives.run(), "") << "repeat with WEIR_SIM_SEED=" << seed;

    add(all, lives.events());
  }
  if (seeds.is_one) return;
  EXPECT_GT(all.crashes, seeds.count);
  EXPECT_GT(all.drains, seeds.count / 2);
  EXPECT_GT(all.lost_marks, 0u);
  EXPECT_GT(all.new_counts, seeds.count);
  EXPECT_GT(all.full_disks, 0u);
  EXPECT_EQ(all.lost_rows > 0, GetParam() == Kind::AtLeastOnce || GetParam() == Kind::Changing);
  EXPECT_EQ(all.changes > 0, GetParam() == Kind::Changing);
  EXPECT_EQ(all.lost_states > 0, GetParam() == Kind::LostState);
  EXPECT_EQ(all.troubles > 0, GetParam() != Kind::AtLeastOnce);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    LivesTest,
    testing::Values(Kind::ExactlyOnce, Kind::AtLeastOnce, Kind::Changing, Kind::LostState));

class MutatedLivesTest : public testing::TestWithParam<std::pair<Kind, Mutation>> {};

TEST_P(MutatedLivesTest, AreCaught) {
  for (std::uint64_t seed = 1; seed <= kMutationSeedsMax; ++seed) {
    Lives lives(seed, GetParam().first, GetParam().second);
    if (!lives.run().empty()) return;
  }
  FAIL() << "mutation " << static_cast<int>(GetParam().second) << " is not caught";
}

INSTANTIATE_TEST_SUITE_P(All,
                         MutatedLivesTest,
                         testing::Values(std::pair(Kind::ExactlyOnce, Mutation::ForgetState),
                                         std::pair(Kind::ExactlyOnce, Mutation::ForgetPositions),
                                         std::pair(Kind::ExactlyOnce, Mutation::StateFirst),
                                         std::pair(Kind::AtLeastOnce, Mutation::ForgetState),
                                         std::pair(Kind::AtLeastOnce, Mutation::SkipFlush),
                                         std::pair(Kind::Changing, Mutation::SkipFlush),
                                         std::pair(Kind::LostState, Mutation::SkipFlush)));

}  // namespace
}  // namespace weir::sim
