#include "connectors/kafka/settings.h"

#include <gmock/gmock.h>

#include "connectors/kafka/transaction_plan.h"

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

PortRequest request(Options options) {
  PortRequest request{"enter-cn", "enter", std::move(options), {}};
  request.clusters["main"] = {"main", "localhost:9092", {}};
  return request;
}

std::vector<OptionMistake> source_mistakes(const PortRequest& request) {
  std::vector<OptionMistake> mistakes;
  read_source_settings(request, mistakes);
  return mistakes;
}

std::vector<OptionMistake> sink_mistakes(const PortRequest& request) {
  std::vector<OptionMistake> mistakes;
  read_sink_settings(request, mistakes);
  return mistakes;
}

auto mistake(const std::string& key, const std::string& found, const std::string& expected) {
  return AllOf(Field(&OptionMistake::key, key),
               Field(&OptionMistake::found, HasSubstr(found)),
               Field(&OptionMistake::expected, HasSubstr(expected)));
}

const std::vector<std::string> kOneTopic = {"classroom.enter"};

TEST(Settings, TheOnlyClusterNeedsNoName) {
  std::vector<OptionMistake> mistakes;

  const auto settings = read_source_settings(request({{"topics", kOneTopic}}), mistakes);

  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(settings.cluster.brokers, "localhost:9092");
  EXPECT_EQ(settings.topics, kOneTopic);
  EXPECT_TRUE(std::holds_alternative<Earliest>(settings.start));
}

TEST(Settings, AnUnknownClusterIsAMistakeThatNamesTheKnownOnes) {
  EXPECT_THAT(source_mistakes(request({{"cluster", "mian"}, {"topics", kOneTopic}})),
              ElementsAre(mistake("cluster", "mian", "one of main")));
}

TEST(Settings, ASourceHasEitherTopicsOrAPattern) {
  EXPECT_THAT(source_mistakes(request({})), ElementsAre(mistake("topics", "neither", "either")));
  EXPECT_THAT(source_mistakes(request({{"topics", kOneTopic}, {"pattern", "^enter"}})),
              ElementsAre(mistake("pattern", "both", "either")));
}

TEST(Settings, APatternBeginsWithACaretAndCompiles) {
  EXPECT_THAT(source_mistakes(request({{"pattern", "enter"}})),
              ElementsAre(mistake("pattern", "enter", "begins with '^'")));
  EXPECT_THAT(source_mistakes(request({{"pattern", "^enter["}})),
              ElementsAre(mistake("pattern", "^enter[", "regular expression")));
  EXPECT_THAT(source_mistakes(request({{"pattern", "^enter\\.(cn|eu)$"}})), IsEmpty());
}

TEST(Settings, TheStartIsAWordOrATime) {
  std::vector<OptionMistake> mistakes;

  const auto settings = read_source_settings(
      request({{"topics", kOneTopic}, {"start", "2026-11-20T08:00:00Z"}}), mistakes);

  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(std::get<Since>(settings.start).milliseconds, 1'795'161'600'000);
  EXPECT_THAT(source_mistakes(request({{"topics", kOneTopic}, {"start", "yesterday"}})),
              ElementsAre(mistake("start", "yesterday", "earliest")));
}

TEST(Settings, ATopicHasANameThatKafkaTakes) {
  EXPECT_THAT(sink_mistakes(request({{"topic", "labels enter"}})),
              ElementsAre(mistake("topic", "labels enter", "letters, digits")));
  EXPECT_THAT(sink_mistakes(request({{"topic", std::string(250, 'x')}})),
              ElementsAre(mistake("topic", "xxx", "at most 249")));
}

TEST(Settings, ATopicThatIsNamedTwiceIsAMistake) {
  const std::vector<std::string> twice = {"enter", "enter"};

  EXPECT_THAT(source_mistakes(request({{"topics", twice}})),
              ElementsAre(mistake("topics", "twice", "once")));
}

TEST(Settings, SearchingAllTheTimeIsAMistake) {
  EXPECT_THAT(source_mistakes(request({{"topics", kOneTopic}, {"find_every", std::int64_t{5}}})),
              ElementsAre(mistake("find_every", "5ms", "at least 100ms")));
}

TEST(Settings, ASinkIsExactlyOnceUnlessItSaysOtherwise) {
  std::vector<OptionMistake> mistakes;
  const auto exact = request({{"topic", "labels"}});
  const auto least = request({{"topic", "labels"}, {"delivery", "at-least-once"}});

  EXPECT_EQ(read_sink_settings(exact, mistakes).delivery, Delivery::Transactional);
  EXPECT_EQ(read_sink_settings(least, mistakes).delivery, Delivery::AtLeastOnce);
  EXPECT_EQ(delivery_of(exact), Delivery::Transactional);
  EXPECT_THAT(mistakes, IsEmpty());
}

TEST(Settings, ARequestThatOutlastsItsTransactionIsAMistakeOfAnExactlyOnceSink) {
  PortRequest slow = request({{"topic", "labels"}, {"delivery", "at-least-once"}});
  slow.clusters["main"].properties["socket.timeout.ms"] = "30000";
  slow.clusters["main"].properties["transaction.timeout.ms"] = "10000";
  EXPECT_THAT(sink_mistakes(slow), IsEmpty());

  slow.options.erase("delivery");

  EXPECT_THAT(sink_mistakes(slow),
              ElementsAre(mistake("kafka.main.properties", "do not work", "socket.timeout.ms")));
}

TEST(TransactionOfSinks, SinksOfOneClusterFitOthersAreMistakesThatSayWhatToDo) {
  std::vector<PortRequest> sinks = {request({{"topic", "a"}, {"cluster", "main"}}),
                                    request({{"topic", "b"}, {"cluster", "main"}}),
                                    request({{"topic", "c"}, {"cluster", "far"}})};
  sinks[2].clusters["far"] = {"far", "far:9092", {}};

  const auto mistakes = check_clusters(sinks);

  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].first, 2u);
  EXPECT_THAT(mistakes[0].second, mistake("cluster", "far, while", "delivery = \"at-least-once\""));
}

TEST(TransactionOfSinks, AnEpochOfMoreThanHalfATransactionsTimeIsAMistakeThatSaysWhatToDo) {
  std::vector<PortRequest> sinks = {request({{"topic", "a"}})};
  EXPECT_EQ(check_epoch(sinks, std::chrono::seconds(30)), std::nullopt);
  EXPECT_THAT(check_epoch(sinks, std::chrono::seconds(31)).value_or("none"),
              AllOf(HasSubstr("at most 30000ms"),
                    HasSubstr("[kafka.main.properties] \"transaction.timeout.ms\" = \"62000\"")));

  sinks[0].clusters["main"].properties["transaction.timeout.ms"] = "62000";
  EXPECT_EQ(check_epoch(sinks, std::chrono::seconds(31)), std::nullopt);
  EXPECT_THAT(check_epoch(sinks, std::chrono::seconds(32)).value_or("none"),
              HasSubstr("at most 31000ms"));
}

TEST(Settings, AMistakeInAPropertyNamesThePropertyAndTheValidOnes) {
  PortRequest wrong = request({{"topic", "labels"}});
  wrong.clusters["main"].properties["linger"] = "5";

  const auto mistakes = sink_mistakes(wrong);

  EXPECT_THAT(mistakes,
              ElementsAre(mistake("kafka.main.properties.linger", "unknown", "a property")));
  EXPECT_THAT(mistakes.front().names, Contains("linger.ms"));
}

}  // namespace
}  // namespace weir::kafka
