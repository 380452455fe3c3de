#include "model/kept_records.h"

#include <gtest/gtest.h>

#include "model/batch_origin.h"

namespace weir {
namespace {

TEST(KeptRecords, GivesBackWhatItWasGivenHoweverMuchFollows) {
  const SplitPlace first{.split = "t/1"};
  const SplitPlace second{.split = "t/2"};
  KeptRecords kept;
  {
    std::string lent = "value";
    kept.add({.place = &first, .offset = 7, .timestamp = 70, .key = "key", .value = lent});
    lent = "gone!";
  }
  kept.add({.place = &second, .offset = 8, .timestamp = -1, .key = {}, .value = {}});
  for (int i = 0; i < 1000; ++i)
    kept.add({.place = &second, .offset = i, .timestamp = i, .key = "k", .value = "more"});

  ASSERT_EQ(kept.size(), 1002u);
  EXPECT_EQ(kept.bytes(), 8u + 5000u);
  EXPECT_GE(kept.memory(), kept.bytes());
  const KeptRecord found = kept.at(0);
  EXPECT_EQ(found.place, &first);
  EXPECT_EQ(found.offset, 7);
  EXPECT_EQ(found.timestamp, 70);
  EXPECT_EQ(found.key, "key");
  EXPECT_EQ(found.value, "value");
  EXPECT_EQ(kept.at(1).place, &second);
  EXPECT_EQ(kept.at(1).value, "");
  EXPECT_EQ(kept.at(1001).key, "k");
  EXPECT_EQ(kept.at(1001).value, "more");
}

}  // namespace
}  // namespace weir
