#include "registry/sha256.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

namespace weir {
namespace {

// As sha256sum has it.
constexpr std::string_view kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256_of(""), kOfNothing);
  EXPECT_EQ(sha256_of("abc"), kOfAbc);
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  std::string path = (std::filesystem::temp_directory_path() / "weir-hash-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  ASSERT_GE(file, 0);
  std::string content(300'000, 'x');
  content += "the end";
  std::ofstream(path, std::ios::binary) << content;

  const auto hash = sha256_of_file(path);

  ASSERT_TRUE(hash) << hash.error().text();
  EXPECT_EQ(*hash, sha256_of(content));
  std::filesystem::remove(path);
}

TEST(Sha256, OfNoFileIsAnError) {
  const auto hash = sha256_of_file("/nowhere/at/all");

  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().kind(), ErrorKind::NotFound);
}

TEST(Sha256, IsKnownByItsLooks) {
  EXPECT_TRUE(is_sha256(kOfAbc));
  EXPECT_FALSE(is_sha256(kOfAbc.substr(1)));
  EXPECT_FALSE(is_sha256(std::string(64, 'g')));
}

}  // namespace
}  // namespace weir
