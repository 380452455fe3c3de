#include "connectors/blackhole/blackhole.h"

#include <array>

#include <gmock/gmock.h>

namespace weir {
namespace {

TEST(Blackhole, TakesEverythingAtOnce) {
  const auto connector = make_blackhole_connector();
  auto sink = connector->open_sink({}).value();
  auto writers = sink->open_writers(3).value();
  ASSERT_EQ(writers.size(), 3u);

  const std::array<OutMessage, 1000> messages{};
  EXPECT_EQ(writers[2]->write(messages).value(), messages.size());
  EXPECT_EQ(writers[2]->flush().value(), Flush::Complete);
}

TEST(Blackhole, IsNoSource) {
  const auto connector = make_blackhole_connector();

  EXPECT_FALSE(connector->has_source());
  EXPECT_FALSE(connector->open_source({}));
}

}  // namespace
}  // namespace weir
