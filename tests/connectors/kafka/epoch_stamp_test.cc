#include "connectors/kafka/epoch_stamp.h"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

using testing::HasSubstr;

TEST(EpochStamp, IsReadAsItWasWritten) {
  const std::string run = "host/1234/1700000000000.1";
  for (const bool is_marker : {false, true}) {
    for (const std::string& owner : {run, std::string("other/5/6.7")}) {
      const EpochStamp stamp{57, 'b', run, owner, is_marker};

      const auto read = read_stamp(text_of(stamp));

      ASSERT_TRUE(read);
      EXPECT_EQ(*read, stamp);
    }
  }
}

TEST(EpochStamp, WhoCommittedAnEpochOwnsTheJobUnlessItSaysOtherwise) {
  const auto committed = read_stamp("weir epoch=3 id=a run=r");
  const auto claimed = read_stamp("weir epoch=3 id=a run=r owner=o");

  ASSERT_TRUE(committed && *committed);
  EXPECT_EQ((*committed)->owner, "r");
  ASSERT_TRUE(claimed && *claimed);
  EXPECT_EQ((*claimed)->run, "r");
  EXPECT_EQ((*claimed)->owner, "o");
}

TEST(EpochStamp, WhatOthersNoteIsNoStamp) {
  for (const char* text : {"", "note", "weird epoch=1", "epoch=1"}) {
    const auto read = read_stamp(text);

    ASSERT_TRUE(read);
    EXPECT_FALSE(*read) << text;
  }
}

TEST(EpochStamp, AStampWithoutAReadableEpochIsAnErrorAndNeverNoStamp) {
  for (const char* text : {"weir",
                           "weir epoch=",
                           "weir epoch=1x id=a run=r",
                           "weir epoch=-1",
                           "weir epoch=99999999999999999999 id=a run=r",
                           "weir epoch=1 id=c"}) {
    const auto read = read_stamp(text);

    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::Incompatible);
    EXPECT_THAT(read.error().message(), HasSubstr(text));
  }
}

TEST(EpochStamp, WordsOfALaterVersionAreIgnored) {
  const auto read = read_stamp("weir epoch=3 id=a run=r colour=blue");

  ASSERT_TRUE(read);
  ASSERT_TRUE(*read);
  EXPECT_EQ((*read)->epoch, 3u);
}

}  // namespace
}  // namespace weir::kafka
