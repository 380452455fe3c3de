#include <random>

#include <gmock/gmock.h>
#include <weir/testing.h>

#include "seed/test_seed.h"

namespace {

enum class Side : std::int32_t { Left = 1, Right = 2 };
WEIR_ENUM(Side, Left, Right)

template <class... Parts>
std::string encoded(const weir::Key<Parts...>& key) {
  weir::detail::TestMemory memory;
  const weir_bytes bytes = weir::detail::encode_key(key, *memory.arena());
  return std::string(reinterpret_cast<const char*>(bytes.data), bytes.size);
}

template <class Tuple>
Tuple decoded(const std::string& bytes) {
  return weir::detail::KeyDecoder<Tuple>::decode(
      {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(Key, StandsInTheEncodingOfTheAbi) {
  using namespace std::string_literals;
  EXPECT_EQ(encoded(weir::key(weir::Text("ann"))), "ann");
  EXPECT_EQ(encoded(weir::key(weir::Text("ann"), weir::Text("bob"))), "\3\0\0\0annbob"s);
  EXPECT_EQ(encoded(weir::key(std::int32_t{258}, true)), "\2\1\0\0\1"s);
  EXPECT_EQ(encoded(weir::key(Side::Right, weir::Time{1})), "\2\0\0\0\1\0\0\0\0\0\0\0"s);
  EXPECT_EQ(encoded(weir::key(weir::InlineText<6>("ab"))), "ab");
}

TEST(Key, OfOneTextIsTheTextItself) {
  weir::detail::TestMemory memory;
  const std::string user = "somebody";

  const weir_bytes bytes = weir::detail::encode_key(weir::key(weir::Text(user)), *memory.arena());

  EXPECT_EQ(static_cast<const void*>(bytes.data), user.data());
}

TEST(Key, ComesBackAsItWent) {
  std::mt19937_64 random(weir::tests::test_seed());
  using Parts = weir::Key<weir::Text, std::int16_t, weir::Text, std::uint64_t, weir::Text>;
  for (int round = 0; round < 500; ++round) {
    const auto text = [&] { return std::string(random() % 20, static_cast<char>(random())); };
    const std::string first = text();
    const std::string second = text();
    const std::string third = text();
    const Parts key{weir::Text(first),
                    static_cast<std::int16_t>(random()),
                    weir::Text(second),
                    random(),
                    weir::Text(third)};

    EXPECT_EQ(decoded<Parts>(encoded(key)), key);
  }
}

}  // namespace
