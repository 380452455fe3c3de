#include "connectors/kafka/group_state.h"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string stamp(std::uint64_t epoch, bool is_marker = false) {
  return text_of({epoch, 'a', "host/1/2", "host/1/2", is_marker});
}

SourceSettings source(std::string port, std::vector<std::string> topics) {
  SourceSettings settings;
  settings.port = std::move(port);
  settings.topics = std::move(topics);
  return settings;
}

TEST(GroupState, NamesTheEpochAndThePositionsOfEachSource) {
  const std::vector<SourceSettings> sources = {source("left", {"l"}), source("right", {"r", "s"})};

  const auto state = read_group({{{"l", 0}, {10, stamp(5)}},
                                 {{"out", 0}, {5, stamp(5, true)}},
                                 {{"r", 1}, {30, stamp(5)}},
                                 {{"s", 0}, {40, ""}}},
                                sources);

  ASSERT_TRUE(state);
  EXPECT_EQ(state->last->epoch, 5u);
  ASSERT_THAT(state->positions, SizeIs(2));
  EXPECT_EQ(state->positions[0].source, "left");
  ASSERT_THAT(state->positions[0].positions, SizeIs(1));
  EXPECT_EQ(state->positions[0].positions[0].position, 10);
  ASSERT_THAT(state->positions[1].positions, SizeIs(2));
  EXPECT_EQ(state->positions[1].positions[1].split, "s/0");
}

TEST(GroupState, StampsOfDifferentEpochsAreAnErrorThatNamesBoth) {
  const auto state = read_group({{{"a", 0}, {10, stamp(5)}}, {{"a", 1}, {10, stamp(6)}}}, {});

  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind(), ErrorKind::Corrupt);
  EXPECT_THAT(state.error().message(), AllOf(HasSubstr("a/0 says 5"), HasSubstr("a/1 says 6")));
}

TEST(GroupState, AMarkerIsNoPosition) {
  const std::vector<SourceSettings> sources = {source("in", {"out"})};

  const auto state = read_group({{{"out", 0}, {5, stamp(5, true)}}}, sources);

  ASSERT_TRUE(state);
  EXPECT_EQ(state->last->epoch, 5u);
  EXPECT_THAT(state->positions, IsEmpty());
}

TEST(GroupState, WhatIsNoLongerReadIsStampedOn) {
  const auto state = read_group({{{"old", 3}, {10, stamp(5)}}, {{"other", 0}, {1, ""}}}, {});

  ASSERT_TRUE(state);
  ASSERT_THAT(state->stamped, SizeIs(1));
  EXPECT_EQ(state->stamped.at({"old", 3}).offset, 10);
}

TEST(GroupState, TheMarkerStandsAtTheFirstTopicThatNoSourceReads) {
  std::vector<SourceSettings> sources = {source("in", {"a"}), source("more", {})};
  sources[1].pattern = "^b.*";

  const auto marker = marker_of({"d", "b1", "c", "a"}, sources);
  const auto none = marker_of({"a", "b2"}, sources);

  ASSERT_TRUE(marker);
  EXPECT_EQ(*marker, (Partition{"c", 0}));
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

}  // namespace
}  // namespace weir::kafka
