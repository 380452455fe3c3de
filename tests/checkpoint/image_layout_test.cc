#include "checkpoint/image_layout.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "checkpoint/byte_text.h"

namespace weir {
namespace {

TEST(ImageLayout, KeysSortByOperatorSectionGroupAndKey) {
  std::vector<std::string> keys;
  for (const std::uint32_t number : {1u, 256u})
    for (const std::int64_t section : {-300LL, -1LL, 0LL, 70'000LL})
      for (const std::uint16_t group : {0, 255, 256, 65535})
        for (const char* key : {"", "a", "\xff"})
          keys.push_back(entry_key(number, {.section = section, .group = group, .key = key}));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(ImageLayout, AGroupPastTheLastIsTheNextSectionsFirst) {
  EXPECT_EQ(group_begin(3, 7, 0x10000), group_begin(3, 8, 0));
  EXPECT_EQ(group_begin(3, std::numeric_limits<std::int64_t>::max(), 0x10000), operator_begin(4));
}

TEST(ImageLayout, ThePlaceOfAnEntryIsReadBack) {
  const std::string key = entry_key(3, {.section = -5, .group = 77, .key = "anna"});
  const auto place = decode_place(key);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->section, -5);
  EXPECT_EQ(place->group, 77);
  EXPECT_EQ(place->key, "anna");
  EXPECT_FALSE(decode_place(key.substr(0, 14)));
}

TEST(ImageLayout, AnyChangedByteOfMetadataIsSeenAndNamed) {
  const MetadataRecord written = encode_note(3, "watermark", {"10", ""});
  ASSERT_TRUE(open_record(written.key, written.value));
  for (std::size_t i = 0; i < written.value.size(); ++i) {
    std::string damaged = written.value;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto opened = open_record(written.key, damaged);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().text(), "corrupt: checksum of note 3 watermark");
  }
  const MetadataRecord other = encode_note(4, "watermark", {"10", ""});
  EXPECT_FALSE(open_record(other.key, written.value)) << "of another key";
}

TEST(ImageLayout, ABodyThatEndsEarlyIsCorruptAndNeverRead) {
  const ImageHead head{.epoch = 7, .positions = {{"in", {{"t/0", -1}, {"t/1", 5}}}}};
  const MetadataRecord record = encode_head(head);
  const auto opened = open_record(record.key, record.value);
  ASSERT_TRUE(opened);
  const auto decoded = decode_head(opened->body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->epoch, 7u);
  EXPECT_EQ(decoded->positions.at(0).positions.at(0).position, -1);
  for (std::size_t size = 0; size < opened->body.size(); ++size)
    EXPECT_FALSE(decode_head(opened->body.substr(0, size)));
}

TEST(ImageLayout, ANewerFormatIsRefused) {
  ByteWriter newer;
  newer.raw(kImageMagic).number(kImageFormat + 1).text("clicks").number(std::uint16_t{128});
  const auto header = decode_header(newer.bytes());
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().text(), "incompatible: state has format 2, this program knows 1");
  EXPECT_EQ(decode_header("something else").error().kind(), ErrorKind::Corrupt);
}

}  // namespace
}  // namespace weir
