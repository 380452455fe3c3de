#include "host/host_connectors.h"

#include <gmock/gmock.h>

#include "fakes/manual_clock.h"
#include "fakes/recorded_log.h"

namespace weir {
namespace {

using testing::HasSubstr;

const std::filesystem::path kPorts = WEIR_TEST_PLUGINS "/libports.so";
const std::filesystem::path kMinimal = WEIR_TEST_PLUGINS "/libminimal.so";

class HostConnectorsTest : public testing::Test {
 protected:
  fakes::ManualClock clock;
  fakes::RecordedLog log;
  HostConnectors connectors{clock, log};
};

TEST_F(HostConnectorsTest, TheHostsOwnGoByTheirNames) {
  EXPECT_EQ(connectors.find("kafka", {}).value()->name(), "kafka");
  EXPECT_EQ(connectors.find("kafak", {}).error().message(), "no connector kafak");
}

TEST_F(HostConnectorsTest, OneOfAPluginIsThatOfTheFileAskedFor) {
  const auto* numbers = connectors.find("plugin:numbers", kPorts).value();

  EXPECT_EQ(numbers->name(), "plugin:numbers");
  EXPECT_EQ(connectors.find("plugin:numbers", kPorts).value(), numbers);
  EXPECT_THAT(connectors.find("plugin:numbers", kMinimal).error().message(),
              HasSubstr("plugin minimal has no connector numbers"));
}

TEST_F(HostConnectorsTest, ThePluginMayStandBeforeTheName) {
  EXPECT_EQ(connectors.find("plugin:ports/numbers", kPorts).value()->name(), "plugin:numbers");
}

}  // namespace
}  // namespace weir
