// A source against a real broker.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "base/format.h"
#include "connectors/kafka/broker.h"
#include "connectors/kafka/port.h"

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class KafkaSourceOnBroker : public testing::Test {
 protected:
  PortRequest request(Options options) {
    PortRequest request{job_, "enter", std::move(options), {}};
    request.clusters["main"] = {"main", broker_.address(), {}};
    return request;
  }

  PortRequest reading(const std::string& topic, Options more = {}) {
    more["topics"] = std::vector<std::string>{topic};
    return request(std::move(more));
  }

  Broker broker_;
  std::string job_ = Broker::fresh_name("job");
};

TEST_F(KafkaSourceOnBroker, TwoReadersReadEveryRecordOfAllPartitionsOnceInOrder) {
  const std::string topic = broker_.new_topic(5);
  std::vector<std::string> all;
  for (int partition = 0; partition < 5; ++partition) {
    const auto values = numbered(format("p{}-", partition), 1000);
    broker_.produce(topic, partition, values);
    all.insert(all.end(), values.begin(), values.end());
  }

  SourceRun run(reading(topic, {{"stop_at_end", true}}), 2);

  ASSERT_TRUE(run.read_to_end());
  EXPECT_FALSE(run.failure());
  EXPECT_THAT(run.values(), UnorderedElementsAreArray(all));
  EXPECT_EQ(run.splits_of(0) + run.splits_of(1), 5u);
  EXPECT_GE(run.splits_of(0), 2u);
  std::map<std::string, std::int64_t> next;
  for (const Kept& record : run.records()) {
    EXPECT_EQ(record.offset, next[record.split]++) << record.split;
    EXPECT_EQ(record.value, format("p{}-{}", record.split.back(), record.offset));
  }
}

}  // namespace
}  // namespace weir::kafka
