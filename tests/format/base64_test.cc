#include "format/base64.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>

namespace weir {
namespace {

std::string encode(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '#');
  EXPECT_EQ(write_base64(bytes, text.data()), text.data() + text.size());
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes(base64_bytes_max(text.size()) + 1, '#');
  const char* end = read_base64(text, bytes.data());
  if (end == nullptr) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(end - bytes.data()));
  return bytes;
}

// The examples of RFC 4648, section 10.
TEST(Base64, WritesAndReadsTheExamplesOfItsStandard) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(encode(bytes), text);
    EXPECT_EQ(decode(text), bytes);
  }
}

TEST(Base64, KeepsEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(decode(encode(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z",
                           "Zg",
                           "Zg=",
                           "Zh==",
                           "Zm9=",
                           "====",
                           "Z===",
                           "Zg==Zg==",
                           "Zm 9v",
                           "Zm9-",
                           "Zm9_",
                           "Z=9v",
                           "Zm9v\n"}) {
    EXPECT_EQ(decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir
