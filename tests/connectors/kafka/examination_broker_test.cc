// What weir doctor asks of a broker.
#include <gmock/gmock.h>

#include "connectors/kafka/broker.h"
#include "connectors/kafka/port.h"

namespace weir::kafka {
namespace {

using testing::HasSubstr;

class KafkaExaminationOnBroker : public testing::Test {
 protected:
  PortRequest request(Options options) {
    PortRequest request{"examined", "in", std::move(options), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }

  // What is said of the subject; a problem if nothing is.
  Finding examine(const std::string& subject) {
    const std::vector<PortRequest> sources = {
        request({{"topics", std::vector<std::string>{topic_}}})};
    for (Finding& finding : connector_->examine(sources, {})) {
      if (finding.subject == subject) return std::move(finding);
    }
    return {Finding::Level::Problem, subject, "nothing"};
  }

  // Of a record, beside the machine's.
  void write(std::chrono::minutes ahead) {
    const auto shift = std::chrono::duration_cast<std::chrono::milliseconds>(ahead).count();
    SinkRun run(request({{"topic", topic_}}), 1);
    ASSERT_TRUE(run.write(0, {{"", "v", now_ms() + shift, {}}}));
  }

  Broker broker_;
  fakes::RecordedLog log_{LogLevel::Info};
  std::unique_ptr<Connector> connector_ = make_kafka_connector(Log(log_, "test"));
  std::string topic_ = broker_.new_topic(2);
};

TEST_F(KafkaExaminationOnBroker, ARecordOfTheFutureTellsOfAWrongClock) {
  write(std::chrono::minutes(0));
  EXPECT_EQ(examine("kafka main: clock").level, Finding::Level::Good);

  write(std::chrono::minutes(10));

  const Finding finding = examine("kafka main: clock");
  EXPECT_EQ(finding.level, Finding::Level::Doubt);
  EXPECT_THAT(finding.found, HasSubstr("ahead of this machine's clock"));
  EXPECT_THAT(finding.advice, HasSubstr("compare the clocks"));
}

TEST_F(KafkaExaminationOnBroker, ATopicThatIsThereIsGoodOneThatWasDeletedIsNot) {
  const std::string subject = "kafka main: topic " + topic_;
  EXPECT_EQ(examine(subject).level, Finding::Level::Good);

  broker_.delete_topic(topic_);

  ASSERT_TRUE(eventually([&] { return examine(subject).level == Finding::Level::Problem; }));
  EXPECT_EQ(examine(subject).found, "does not exist");
}

}  // namespace
}  // namespace weir::kafka
