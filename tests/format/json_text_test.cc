#include "format/json_text.h"

#include <random>
#include <string>

#include <gmock/gmock.h>

#include "format/utf8.h"

namespace weir {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

TEST(JsonText, EscapesWhatMustBe) {
  EXPECT_EQ(written(""), "\"\"");
  EXPECT_EQ(written("plain text, long enough for words"), "\"plain text, long enough for words\"");
  EXPECT_EQ(written("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(written(std::string_view("\0\1\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(written("\b\t\n\v\f\r"), R"("\b\t\n\u000b\f\r")");
  EXPECT_EQ(written("é€😀"), "\"é€😀\"");
}

TEST(JsonText, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(written("a\xff z"), "\"a\ufffd z\"");
  EXPECT_EQ(written("\xc3"), "\"\ufffd\"");
  EXPECT_EQ(written("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"");
  EXPECT_EQ(written("\xc0\xaf"), "\"\ufffd\ufffd\"");
  EXPECT_EQ(written("\xf4\x90\x80\x80"), "\"\ufffd\ufffd\ufffd\ufffd\"");
}

TEST(JsonText, FindsASpecialByteAtEveryPlace) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\n';
      std::string expected = std::string(size, 'x');
      expected.replace(at, 1, "\\n");
      ASSERT_EQ(written(text), '"' + expected + '"');
      std::string back;
      ASSERT_TRUE(read_json_text(written(text), back));
      ASSERT_EQ(back, text);
    }
  }
}

TEST(JsonText, NeverTakesMoreRoomThanItSays) {
  EXPECT_EQ(written(std::string(100, '\0')).size(), json_text_max(100));
  EXPECT_LE(written(std::string(100, '\xff')).size(), json_text_max(100));
}

TEST(JsonText, ReadsWhatItWrote) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 30; n > 0; --n) {
      char bytes[4];
      std::uint32_t code = static_cast<std::uint32_t>(random() >> 32) >> (11 + random() % 21);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0x20ac;
      text.append(bytes, write_utf8(code, bytes));
    }
    std::string back;
    ASSERT_TRUE(read_json_text(written(text), back)) << text;
    ASSERT_EQ(back, text);
  }
}

TEST(Utf8, KnowsWellFormedSequences) {
  EXPECT_EQ(utf8_sequence("a"), 1u);
  EXPECT_EQ(utf8_sequence("\xc2\x80"), 2u);
  EXPECT_EQ(utf8_sequence("\xe0\xa0\x80"), 3u);
  EXPECT_EQ(utf8_sequence("\xf0\x90\x80\x80"), 4u);
  EXPECT_EQ(utf8_sequence("\xf4\x8f\xbf\xbf"), 4u);
  for (const char* bad : {"\x80",
                          "\xc1\x80",
                          "\xc2",
                          "\xe0\x9f\x80",
                          "\xed\xa0\x80",
                          "\xe1\x80",
                          "\xf0\x8f\x80\x80",
                          "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80",
                          "\xff"}) {
    EXPECT_EQ(utf8_sequence(bad), 0u);
  }
}

}  // namespace
}  // namespace weir
