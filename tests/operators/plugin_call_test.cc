#include "operators/plugin_call.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;

weir_status refuse(weir_error* error, std::uint32_t row, std::string_view message) {
  error->row = row;
  error->message_size = static_cast<std::uint32_t>(message.size());
  std::memcpy(error->message, message.data(), message.size());
  return WEIR_FAILED;
}

TEST(PluginCall, GoesOnBehindEachRefusedRow) {
  const std::vector<int> refused_rows = {0, 3, 4};
  std::vector<std::uint32_t> refused;
  std::vector<int> seen;

  for (PluginCall call("map", 6); call.has_more();) {
    weir_error* error = call.error();
    weir_status status = WEIR_OK;
    for (std::uint32_t i = 0; i < call.count() && status == WEIR_OK; ++i) {
      const int row = static_cast<int>(call.first() + i);
      seen.push_back(row);
      if (std::ranges::count(refused_rows, row) > 0) status = refuse(error, i, "odd");
    }
    ASSERT_TRUE(call.finish(status));
    if (!call.refused()) continue;
    refused.push_back(*call.refused());
    EXPECT_EQ(call.reason(), "odd");
  }

  EXPECT_THAT(refused, ElementsAre(0, 3, 4));
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(PluginCall, AFailureWithoutARowIsAnErrorOfThePlugin) {
  PluginCall call("map", 2);

  const Status status = call.finish(refuse(call.error(), WEIR_NO_ROW, "no memory"));

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), "plugin: map: no memory");
}

TEST(PluginCall, ARowThatWasNotInTheCallIsAnErrorOfThePlugin) {
  PluginCall call("map", 2);

  EXPECT_FALSE(call.finish(refuse(call.error(), 2, "odd")));
}

TEST(PluginCall, AnUnknownStatusIsAnErrorOfThePlugin) {
  PluginCall call("map", 2);
  call.error();

  EXPECT_FALSE(call.finish(77));
}

TEST(PluginCall, AMessageThatClaimsToBeTooLongIsCut) {
  PluginCall call("map", 2);
  weir_error* error = call.error();
  std::memset(error->message, 'x', sizeof(error->message));
  error->row = 1;
  error->message_size = 0xffffffffu;

  ASSERT_TRUE(call.finish(WEIR_FAILED));

  EXPECT_EQ(call.reason(), std::string(WEIR_ERROR_MESSAGE_MAX, 'x'));
}

}  // namespace
}  // namespace weir
