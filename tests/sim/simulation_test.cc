// Exactly once, whatever happens. A seed is repeated by
//   WEIR_SIM_SEED=17 build/dev/tests/sim_test
// and more of them are run by WEIR_SIM_SEEDS=10000, starting at WEIR_SIM_SEED.
#include "sim/simulation.h"

#include <cstdlib>

#include <gmock/gmock.h>

namespace weir::sim {
namespace {

constexpr std::uint64_t kSeeds = 200;
// A mutation that so many seeds do not find is not found.
constexpr std::uint64_t kMutationSeedsMax = 300;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

void add(Simulation::Events& sum, const Simulation::Events& more) {
  sum.crashes += more.crashes;
  sum.lost_marks += more.lost_marks;
  sum.zombies += more.zombies;
  sum.revived += more.revived;
  sum.refused += more.refused;
  sum.full_disks += more.full_disks;
  sum.troubles += more.troubles;
  sum.fenced += more.fenced;
  sum.restarts += more.restarts;
  sum.swaps += more.swaps;
  sum.converted += more.converted;
  sum.failed_swaps += more.failed_swaps;
}

TEST(Simulation, GivesTheAnswerOfAnUndisturbedRun) {
  const bool is_one = std::getenv("WEIR_SIM_SEED") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  const std::uint64_t first = setting("WEIR_SIM_SEED", 1);
  const std::uint64_t count = setting("WEIR_SIM_SEEDS", is_one ? 1 : kSeeds);
  Simulation::Events all;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Simulation simulation(seed, Mutation::None);

    ASSERT_EQ(simulation.run(), "") << "repeat with WEIR_SIM_SEED=" << seed;

    add(all, simulation.events());
  }
  if (is_one) return;
  EXPECT_GT(all.crashes, count);
  EXPECT_GT(all.lost_marks, 0u);
  EXPECT_GT(all.zombies, 0u);
  EXPECT_GT(all.revived, 0u);
  EXPECT_GT(all.refused, 0u);
  EXPECT_GT(all.full_disks, 0u);
  EXPECT_GT(all.troubles, 0u);
  EXPECT_GT(all.fenced, 0u);
  EXPECT_GT(all.restarts, 0u);
  EXPECT_GT(all.swaps, count / 2);
  EXPECT_GT(all.converted, 0u);
  EXPECT_GT(all.failed_swaps, 0u);
}

class MutationTest : public testing::TestWithParam<Mutation> {};

TEST_P(MutationTest, IsCaught) {
  for (std::uint64_t seed = 1; seed <= kMutationSeedsMax; ++seed) {
    if (Simulation simulation(seed, GetParam()); !simulation.run().empty()) return;
  }
  FAIL() << "mutation " << static_cast<int>(GetParam()) << " is not caught";
}

INSTANTIATE_TEST_SUITE_P(All,
                         MutationTest,
                         testing::Values(Mutation::SkipFence,
                                         Mutation::SkipClaim,
                                         Mutation::TrustNumbers,
                                         Mutation::SkipFlush,
                                         Mutation::HideTrouble,
                                         Mutation::DropSideRow,
                                         Mutation::StateFirst,
                                         Mutation::ForgetPositions,
                                         Mutation::ForgetState,
                                         Mutation::KeepRolledBack,
                                         Mutation::RollBackCommitted));

}  // namespace
}  // namespace weir::sim
