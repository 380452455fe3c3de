#include "format/learned_keys.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace weir {
namespace {

// Walks through objects as a decoder does.
class Walk final {
 public:
  explicit Walk(const std::vector<std::string>& names) : keys_(names) { begin(); }

  void begin() { expected_ = keys_.begin(); }

  std::int32_t find(const std::string& name) {
    const std::string raw = '"' + name + "\":";
    const std::string wide = raw + "1234567890123456";
    was_expected_ = expected_->is_at(wide.data());
    if (was_expected_) return (expected_++)->field();
    const LearnedKeys::Found found = keys_.find(expected_, raw);
    expected_ = found.next;
    return found.field;
  }
  bool was_expected() const { return was_expected_; }

 private:
  LearnedKeys keys_;
  const LearnedKeys::Known* expected_ = nullptr;
  bool was_expected_ = false;
};

TEST(LearnedKeys, ExpectTheOrderTheyHaveSeen) {
  Walk walk({"b", "a"});
  for (int round = 0; round < 3; ++round) {
    walk.begin();
    for (const char* name : {"x", "b", "y", "a", "z"}) {
      walk.find(name);
      EXPECT_EQ(walk.was_expected(), round > 0 || *name == 'b' || *name == 'a') << name;
    }
  }
}

TEST(LearnedKeys, LearnAnotherOrderAfterAWhile) {
  Walk walk({"a", "b", "c"});
  int unexpected = 0;
  for (int round = 0; round < 1000; ++round) {
    walk.begin();
    for (const char* name : {"c", "b", "a"}) {
      EXPECT_EQ(walk.find(name), *name - 'a');
      if (!walk.was_expected()) ++unexpected;
    }
  }
  EXPECT_LT(unexpected, 200);
}

TEST(LearnedKeys, GoOnAtAKeyThatCameEarlier) {
  Walk walk({"a", "b", "c", "d"});
  walk.begin();
  EXPECT_EQ(walk.find("c"), 2);
  EXPECT_FALSE(walk.was_expected());
  EXPECT_EQ(walk.find("d"), 3);
  EXPECT_TRUE(walk.was_expected());
}

TEST(LearnedKeys, AreRightWhateverComes) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i)
    names.push_back("k" + std::string(static_cast<std::size_t>(i), '-'));
  Walk walk(names);
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    if (random() % 8 == 0) walk.begin();
    const auto number = static_cast<std::int32_t>(random() % 60);
    const bool is_field = number < 40;
    const std::string name =
        is_field ? names[static_cast<std::size_t>(number)] : "u" + std::to_string(random() % 2000);
    ASSERT_EQ(walk.find(name), is_field ? number : LearnedKeys::kUnknown) << name;
  }
}

TEST(LearnedKeys, AKeyThatBeginsLikeAnotherIsAnother) {
  Walk walk({"ab", "abc", "abcdefghijklm", "abcdefghijklmn", ""});
  for (int round = 0; round < 40; ++round) {
    walk.begin();
    EXPECT_EQ(walk.find("abc"), 1);
    EXPECT_EQ(walk.find("ab"), 0);
    EXPECT_EQ(walk.find("a"), LearnedKeys::kUnknown);
    EXPECT_EQ(walk.find("abcdefghijklmn"), 3);
    EXPECT_EQ(walk.find("abcdefghijklm"), 2);
    EXPECT_EQ(walk.find("abcdefghijklmnopq"), LearnedKeys::kUnknown);
    EXPECT_EQ(walk.find(""), 4);
  }
}

TEST(LearnedKeys, NothingIsExpectedBehindTheLast) {
  LearnedKeys keys({"a", "a key of more than sixteen bytes"});
  const LearnedKeys::Known* const longer = keys.begin() + 1;
  for (const char c : {'\0', '\1', ' ', '"', '}', '\x7f', '\xc3', '\xf4'}) {
    const std::string raw(LearnedKeys::kWide, c);
    EXPECT_FALSE(keys.begin()->is_at(raw.data()));
    EXPECT_FALSE(longer->is_at(raw.data()));
    EXPECT_FALSE((longer + 1)->is_at(raw.data()));
  }
}

TEST(LearnedKeys, RememberABoundedNumber) {
  LearnedKeys keys({"a"});
  for (int i = 0; i < 100'000; ++i) {
    const std::string raw = "\"u" + std::to_string(i) + std::string(i % 200u, 'x') + "\":";
    ASSERT_EQ(keys.find(keys.begin(), raw).field, LearnedKeys::kUnknown);
  }
  EXPECT_LE(keys.size(), 1 + LearnedKeys::kLearnedMax);
}

}  // namespace
}  // namespace weir
