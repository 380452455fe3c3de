#include "connectors/kafka/properties.h"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ClusterSpec cluster(std::map<std::string, std::string> properties) {
  return {"main", "localhost:9092", std::move(properties)};
}

auto mistake(const std::string& name, const std::string& expected) {
  return AllOf(Field(&PropertyMistake::name, name),
               Field(&PropertyMistake::expected, HasSubstr(expected)));
}

TEST(Properties, KnownOnesPassForBothRoles) {
  const ClusterSpec tuned = cluster({{"fetch.max.bytes", "1000000"},
                                     {"linger.ms", "50"},
                                     {"security.protocol", "sasl_plaintext"},
                                     {"sasl.mechanisms", "PLAIN"},
                                     {"sasl.username", "weir"},
                                     {"sasl.password", "secret"}});

  EXPECT_THAT(check_properties(Role::Consumer, tuned), IsEmpty());
  EXPECT_THAT(check_properties(Role::Producer, tuned), IsEmpty());
}

TEST(Properties, WrongNamesAndValuesAreMistakesInTheClientsWords) {
  const ClusterSpec wrong = cluster({{"fetch.max.byte", "1"}, {"linger.ms", "soon"}});

  EXPECT_THAT(check_properties(Role::Consumer, wrong),
              ElementsAre(AllOf(mistake("fetch.max.byte", "a property of librdkafka"),
                                Field(&PropertyMistake::is_unknown, true)),
                          AllOf(mistake("linger.ms", "a value that librdkafka takes"),
                                Field(&PropertyMistake::found, HasSubstr("Invalid value")))));
}

TEST(Properties, WhatWeirSetsItselfIsRefusedWithTheReason) {
  const ClusterSpec wrong = cluster({{"group.id", "mine"}, {"acks", "1"}});

  EXPECT_THAT(check_properties(Role::Producer, wrong),
              ElementsAre(mistake("acks", "lose"), mistake("group.id", "job's name")));
}

TEST(Properties, CombinationsThatDoNotWorkAreMistakes) {
  EXPECT_THAT(
      check_properties(Role::Producer, cluster({{"max.in.flight.requests.per.connection", "10"}})),
      ElementsAre(mistake("", "max.in.flight")));
}

TEST(Properties, AKeyFileThatIsMissingIsAMistake) {
  const ClusterSpec wrong =
      cluster({{"security.protocol", "ssl"}, {"ssl.ca.location", "/there/is/no/such/file"}});

  EXPECT_THAT(check_properties(Role::Consumer, wrong), ElementsAre(mistake("", "ssl.ca.location")));
}

TEST(Properties, AMistakeShowsNoSecret) {
  const ClusterSpec wrong = cluster({{"sasl.pasword", "hunter2"}});

  const auto mistakes = check_properties(Role::Consumer, wrong);

  EXPECT_THAT(mistakes, ElementsAre(mistake("sasl.pasword", "a property")));
  EXPECT_THAT(mistakes.front().found, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace weir::kafka
