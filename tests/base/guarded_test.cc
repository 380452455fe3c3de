#include "base/guarded.h"

#include <thread>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Guarded, LosesNoUpdateOfTwoThreads) {
  Guarded<int> counter(0);
  const auto count = [&] {
    for (int i = 0; i < 10'000; ++i)
      counter.with([](int& value) { ++value; });
  };

  std::thread other(count);
  count();
  other.join();

  EXPECT_EQ(counter.with([](int value) { return value; }), 20'000);
}

}  // namespace
}  // namespace weir
