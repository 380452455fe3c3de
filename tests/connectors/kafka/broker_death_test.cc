// What happens to a source and a sink when their broker dies and comes back.
#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>

#include "connectors/kafka/broker.h"
#include "connectors/kafka/port.h"
#include "connectors/kafka/transaction_run.h"

namespace weir::kafka {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::HasSubstr;

class KafkaBrokerDeath : public testing::Test {
 protected:
  PortRequest request(Options options) {
    PortRequest request{Broker::fresh_name("job"), "port", std::move(options), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }

  void kill() {
    broker_.kill();
    is_dead_ = true;
  }
  void start_again() {
    broker_.start_again();
    is_dead_ = false;
  }
  // Others use it too, whatever went wrong here.
  void TearDown() override {
    if (is_dead_) start_again();
  }

  PortRequest reading() { return request({{"topics", std::vector<std::string>{topic_}}}); }

  Broker broker_;
  std::string topic_ = broker_.new_topic(1);
  bool is_dead_ = false;
};

TEST_F(KafkaBrokerDeath, ASourceWaitsSaysSoOnceAndGoesOnWithoutAGap) {
  const auto first = numbered("v", 20'000);
  const auto second = numbered("w", 1000);
  broker_.produce(topic_, 0, first);
  SourceRun run(reading(), 1);
  ASSERT_TRUE(run.read(1000));

  kill();
  ASSERT_TRUE(eventually([&] {
    run.step(1);
    return run.source().trouble().has_value();
  }));
  start_again();
  broker_.produce(topic_, 0, second);
  ASSERT_TRUE(run.read(first.size() + second.size()));

  EXPECT_FALSE(run.failure());
  std::vector<std::string> all = first;
  all.insert(all.end(), second.begin(), second.end());
  EXPECT_THAT(run.values(), ElementsAreArray(all));
  EXPECT_TRUE(eventually([&] { return !run.source().trouble(); }));
  const auto log = run.log();
  EXPECT_EQ(std::count_if(log.begin(),
                          log.end(),
                          [](const auto& line) { return line.find("out of reach") != line.npos; }),
            1);
  EXPECT_THAT(log, Contains(HasSubstr("answers again")));
}

TEST_F(KafkaBrokerDeath, ASinkKeepsWhatItTookAndWritesItOnceWhenTheBrokerIsBack) {
  const auto values = numbered("v", 3000);
  std::vector<OutMessage> messages;
  for (const std::string& value : values)
    messages.push_back({"key", value, -1, {}});
  SinkRun run(request({{"topic", topic_}}), 1);
  ASSERT_TRUE(run.write(0, {messages.begin(), messages.begin() + 1000}));

  kill();
  const auto taken = run.writer(0).write({messages.data() + 1000, 2000});
  ASSERT_TRUE(taken);
  ASSERT_EQ(*taken, 2000u);
  const auto flushed = run.writer(0).flush();
  ASSERT_TRUE(flushed);
  EXPECT_EQ(*flushed, Flush::Pending);
  start_again();

  ASSERT_TRUE(run.flush(0));
  EXPECT_THAT(broker_.consume(topic_, "%s"), ElementsAreArray(values));
}

TEST_F(KafkaBrokerDeath, ASourceThatIsOpenedMeanwhileStartsWhenTheBrokerIsBack) {
  broker_.produce(topic_, 0, {"v0"});
  kill();

  SourceRun run(reading(), 1);
  run.step();
  EXPECT_FALSE(run.failure());
  EXPECT_FALSE(run.knows_splits());
  start_again();

  ASSERT_TRUE(run.read(1));
  EXPECT_FALSE(run.failure());
  EXPECT_TRUE(run.knows_splits());
}

TEST_F(KafkaBrokerDeath, AnOwnerThatGivesUpDoesNotWaitForTheBroker) {
  // The calls would go on for a minute or two.
  constexpr auto kSoon = std::chrono::seconds(30);
  TransactionRun run({request({{"topic", topic_}})}, {});
  ASSERT_TRUE(run.recover());
  ASSERT_TRUE(run.run_epoch(1, {"v0"}));
  ASSERT_TRUE(run.write({"v1"}));
  run.seal(2);
  ASSERT_TRUE(run.flush(2));
  const SystemClock clock;
  kill();
  const auto before = clock.monotonic_now();
  run.give_up();

  const Status outcome = run.commit(2);
  const auto recovered = run.recover();

  EXPECT_LT(clock.monotonic_now() - before, kSoon);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::Unavailable);
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().kind(), ErrorKind::Unavailable);
}

}  // namespace
}  // namespace weir::kafka
