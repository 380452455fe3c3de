#include "connectors/kafka/start_positions.h"

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

namespace weir::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Partition kFirst = {"enter", 0};
const Partition kSecond = {"enter", 1};

StartFacts starting(Start start) {
  StartFacts facts;
  facts.start = start;
  return facts;
}

TEST(DecideStarts, ATopicThatWasNeverReadBeginsAtTheChosenStart) {
  EXPECT_THAT(decide_starts({kFirst}, starting(Earliest{})).asked,
              ElementsAre(Pair(kFirst, RD_KAFKA_OFFSET_SPEC_EARLIEST)));
  EXPECT_THAT(decide_starts({kFirst}, starting(Latest{})).asked,
              ElementsAre(Pair(kFirst, RD_KAFKA_OFFSET_SPEC_LATEST)));
  EXPECT_THAT(decide_starts({kFirst}, starting(Since{1'700'000'000'000})).asked,
              ElementsAre(Pair(kFirst, 1'700'000'000'000)));
}

TEST(DecideStarts, RestoredWinsOverCommittedAndThatOverTheStart) {
  StartFacts facts;
  facts.committed = {{kFirst, 5}, {kSecond, 6}};
  facts.start = Latest{};
  const StartDecision committed = decide_starts({kFirst, kSecond}, facts);
  EXPECT_THAT(committed.known, ElementsAre(Pair(kFirst, 5), Pair(kSecond, 6)));
  EXPECT_THAT(committed.asked, IsEmpty());

  facts.restored = {{kFirst, 7}, {kSecond, 4}};
  const StartDecision restored = decide_starts({kFirst, kSecond}, facts);
  EXPECT_THAT(restored.known, ElementsAre(Pair(kFirst, 7), Pair(kSecond, 4)));
  EXPECT_THAT(restored.asked, IsEmpty());
}

// A savepoint of before the partition, or its topic, was there: its state has seen nothing of it.
TEST(DecideStarts, WhatTheRestoredPositionsDoNotKnowBeginsAtItsBeginning) {
  const Partition other = {"signal", 0};
  StartFacts facts;
  facts.restored = {{kFirst, 7}};
  facts.committed = {{kFirst, 9}, {kSecond, 6}, {other, 3}};
  facts.start = Latest{};

  const StartDecision decision = decide_starts({kFirst, kSecond, other}, facts);

  EXPECT_THAT(decision.known, ElementsAre(Pair(kFirst, 7)));
  EXPECT_THAT(decision.asked,
              ElementsAre(Pair(kSecond, RD_KAFKA_OFFSET_SPEC_EARLIEST),
                          Pair(other, RD_KAFKA_OFFSET_SPEC_EARLIEST)));
}

TEST(DecideStarts, APartitionAddedWhileNobodyReadBeginsAtItsBeginning) {
  StartFacts facts;
  facts.committed = {{kFirst, 5}};
  facts.start = Latest{};

  EXPECT_THAT(decide_starts({kFirst, kSecond}, facts).asked,
              ElementsAre(Pair(kSecond, RD_KAFKA_OFFSET_SPEC_EARLIEST)));
}

TEST(DecideStarts, ATopicAddedToTheListBeginsAtTheChosenStart) {
  StartFacts facts;
  facts.committed = {{kFirst, 5}};
  facts.start = Latest{};
  const Partition other = {"signal", 0};

  EXPECT_THAT(decide_starts({kFirst, other}, facts).asked,
              ElementsAre(Pair(other, RD_KAFKA_OFFSET_SPEC_LATEST)));
}

TEST(DecideStarts, WhatIsFoundWhileRunningBeginsAtItsBeginning) {
  StartFacts facts;
  facts.start = Latest{};
  facts.is_running = true;

  EXPECT_THAT(decide_starts({kFirst}, facts).asked,
              ElementsAre(Pair(kFirst, RD_KAFKA_OFFSET_SPEC_EARLIEST)));
}

TEST(PartitionOf, ReadsWhatSplitNameWrites) {
  EXPECT_EQ(partition_of(split_name({"a.b-c_d", 12})), (Partition{"a.b-c_d", 12}));
}

TEST(PartitionOf, RefusesOtherTexts) {
  for (const char* text : {"", "enter", "enter/", "enter/x", "enter/-1", "enter/1x"}) {
    EXPECT_EQ(partition_of(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir::kafka
