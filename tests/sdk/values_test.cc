#include <gmock/gmock.h>
#include <weir/sdk.h>

namespace {

TEST(Text, ComparesByContent) {
  const std::string one = "ann";
  const std::string other = "ann";

  EXPECT_EQ(weir::Text(one), weir::Text(other));
  EXPECT_NE(weir::Text(one), weir::Text("bob"));
  EXPECT_LT(weir::Text("ann"), weir::Text("bob"));
  EXPECT_TRUE(weir::Text().empty());
  EXPECT_EQ(weir::Text(), weir::Text(""));
}

TEST(InlineText, CutsLongTextAtAWholeCharacter) {
  EXPECT_EQ(weir::InlineText<4>("abcdef").view(), "abcd");
  EXPECT_EQ(weir::InlineText<4>("abc\u00e9").view(), "abc");
  EXPECT_EQ(weir::InlineText<4>("\U0001F600x").view(), "\U0001F600");
  EXPECT_EQ(weir::InlineText<2>("\U0001F600").view(), "");
}

TEST(InlineText, IsMadeOfAnyKindOfText) {
  const std::string text = "ann";

  EXPECT_EQ(weir::InlineText<4>(text).view(), "ann");
  EXPECT_EQ(weir::InlineText<4>(text + "a").view(), "anna");
  EXPECT_EQ(weir::InlineText<4>(weir::Text(text)).view(), "ann");
  EXPECT_EQ(weir::InlineText<4>(std::string_view(text)).view(), "ann");
}

TEST(InlineText, IsEqualAsBytesWhenEqualAsText) {
  weir::InlineText<6> changed("longer");
  changed.assign("ab");
  const weir::InlineText<6> fresh("ab");

  EXPECT_EQ(std::memcmp(&changed, &fresh, sizeof(fresh)), 0);
}

TEST(Optional, TellsWhetherItHasAValue) {
  weir::Optional<std::int32_t> score;
  EXPECT_FALSE(score.has_value());
  EXPECT_EQ(score.value_or(7), 7);

  score = 3;
  EXPECT_TRUE(score);
  EXPECT_EQ(*score, 3);

  score.reset();
  EXPECT_EQ(score, weir::Optional<std::int32_t>());
}

TEST(Time, CountsInDurations) {
  const weir::Time start{1'000};

  EXPECT_EQ(start + 2s, weir::Time{3'000});
  EXPECT_EQ(start - 1s, weir::Time{});
  EXPECT_EQ((start + 1min) - start, weir::Duration(60'000));
  EXPECT_LT(start, start + 1ms);
}

}  // namespace
