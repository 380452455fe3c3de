#include "crash/signal_safe_text.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>

namespace weir {
namespace {

// What came through a pipe, which is large enough.
std::string written(const std::function<void(SignalSafeText&)>& write) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  SignalSafeText text(ends[1]);
  write(text);
  text.flush();
  ::close(ends[1]);
  std::string all;
  char part[512];
  for (ssize_t count = 0; (count = ::read(ends[0], part, sizeof part)) > 0;)
    all.append(part, static_cast<std::size_t>(count));
  ::close(ends[0]);
  return all;
}

TEST(SignalSafeText, WritesTheSmallestAndTheLargestNumber) {
  const std::string text = written([](SignalSafeText& out) {
    out.number(std::numeric_limits<std::int64_t>::min()).text(" ").number(0).text(" ");
    out.number(std::numeric_limits<std::int64_t>::max());
  });

  EXPECT_EQ(text, "-9223372036854775808 0 9223372036854775807");
}

TEST(SignalSafeText, WritesAddressesWithoutLeadingZeros) {
  const std::string text = written([](SignalSafeText& out) {
    out.hex(0).text(" ").hex(0x1f0).text(" ").hex(~std::uint64_t{0});
  });

  EXPECT_EQ(text, "0x0 0x1f0 0xffffffffffffffff");
}

TEST(SignalSafeText, EscapesWhatJsonDoesNotTake) {
  const std::string text =
      written([](SignalSafeText& out) { out.quoted("a\"b\\c\n\x01 \xc3\xa9"); });

  EXPECT_EQ(text, "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xa9\"");
}

TEST(SignalSafeText, PadsTheEndOfBase64) {
  for (const auto& [bytes, expected] : std::initializer_list<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xff\xfe\xfd", "//79"}}) {
    EXPECT_EQ(written([&](SignalSafeText& out) { out.base64(bytes); }), expected);
  }
}

TEST(SignalSafeText, LosesNothingThatIsLongerThanItsBuffer) {
  const std::string text = written([](SignalSafeText& out) { out.text(std::string(9000, 'x')); });

  EXPECT_EQ(text, std::string(9000, 'x'));
}

}  // namespace
}  // namespace weir
