#include "worker/idle_strategy.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using std::chrono::microseconds;
using Action = IdleStrategy::Action;

TEST(IdleStrategy, SpinsThenYieldsThenParks) {
  IdleStrategy idle;
  EXPECT_EQ(idle.next(), Action::Spin);

  Action last = Action::Spin;
  for (int i = 0; i < 100; ++i) {
    const Action next = idle.next();
    EXPECT_GE(next, last);
    last = next;
  }

  EXPECT_EQ(last, Action::Park);
}

TEST(IdleStrategy, ParksForLongerAndLongerUpToAMillisecond) {
  IdleStrategy idle;
  while (idle.next() != Action::Park) {}
  microseconds last = idle.pause();
  EXPECT_LT(last, microseconds(100));

  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(idle.next(), Action::Park);
    EXPECT_GE(idle.pause(), last);
    last = idle.pause();
  }

  EXPECT_EQ(last, microseconds(1000));
}

TEST(IdleStrategy, StartsOverWhenSomethingMoved) {
  IdleStrategy idle;
  for (int i = 0; i < 100; ++i)
    static_cast<void>(idle.next());

  idle.reset();

  EXPECT_EQ(idle.next(), Action::Spin);
}

}  // namespace
}  // namespace weir
