#include "connectors/kafka/shared_topics.h"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using Topics = std::vector<std::string>;

PortRequest source(std::string port, Options options) {
  PortRequest request{"sync", std::move(port), std::move(options), {}};
  request.clusters["main"] = {"main", "localhost:9092", {}};
  request.clusters["same"] = {"same", "localhost:9092", {}};
  request.clusters["other"] = {"other", "localhost:9093", {}};
  return request;
}

Options topics(const std::string& cluster, Topics names) {
  return {{"cluster", cluster}, {"topics", std::move(names)}};
}

Options pattern(const std::string& expression) {
  return {{"cluster", std::string("main")}, {"pattern", expression}};
}

std::vector<PortMistake> compare(Options teacher, Options student) {
  const std::vector<PortRequest> sources = {source("teacher", std::move(teacher)),
                                            source("student", std::move(student))};
  return find_shared_topics(sources);
}

TEST(SharedTopics, AreAMistakeOfTheLaterPort) {
  const auto mistakes = compare(topics("main", {"a", "b"}), topics("main", {"c", "b"}));

  ASSERT_THAT(mistakes, SizeIs(1));
  EXPECT_EQ(mistakes[0].port, 1U);
  EXPECT_EQ(mistakes[0].mistake.key, "topics");
  EXPECT_EQ(mistakes[0].mistake.found, "\"b\", which source teacher reads too");
}

TEST(SharedTopics, MayHaveOneNameInTwoClusters) {
  EXPECT_THAT(compare(topics("main", {"a"}), topics("other", {"a"})), IsEmpty());
}

TEST(SharedTopics, AreSeenThroughTwoNamesOfOneCluster) {
  EXPECT_THAT(compare(topics("main", {"a"}), topics("same", {"a"})), SizeIs(1));
}

TEST(SharedTopics, AreFoundByAPattern) {
  EXPECT_THAT(compare(pattern("^a"), topics("main", {"b", "ab"})), SizeIs(1));
  EXPECT_THAT(compare(topics("main", {"b", "ab"}), pattern("^a")), SizeIs(1));
  EXPECT_THAT(compare(pattern("^a"), pattern("^a")), SizeIs(1));
  EXPECT_THAT(compare(pattern("^a"), topics("main", {"b", "ba"})), IsEmpty());
}

TEST(SharedTopics, PortsWithMistakesOfTheirOwnAreLeftAlone) {
  EXPECT_THAT(compare(topics("nowhere", {"a"}), topics("nowhere", {"a"})), IsEmpty());
  EXPECT_THAT(compare(pattern("^("), topics("main", {"a"})), IsEmpty());
}

}  // namespace
}  // namespace weir::kafka
