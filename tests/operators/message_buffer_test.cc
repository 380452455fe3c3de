#include "operators/message_buffer.h"

#include <gmock/gmock.h>

#include "operators/message_key.h"

namespace weir {
namespace {

using ::testing::ElementsAre;

// Takes as many messages as a test says.
class CountingWriter final : public SinkWriter {
 public:
  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    const std::size_t count = std::min(messages.size(), room);
    for (const OutMessage& message : messages.first(count)) {
      taken.push_back(std::string(message.key) + "=" + std::string(message.value));
      times.push_back(message.timestamp);
      std::string& all = headers.emplace_back();
      for (const auto& [name, value] : message.headers)
        all += std::string(name) + ":" + std::string(value) + " ";
    }
    room -= count;
    return count;
  }
  Result<Flush> flush() override { return Flush::Complete; }

  std::size_t room = SIZE_MAX;
  std::vector<std::string> taken;
  std::vector<std::int64_t> times;
  std::vector<std::string> headers;
};

void add(MessageBuffer& buffer, std::string_view key, std::string_view value, std::int64_t time) {
  buffer.text() += key;
  buffer.end_key();
  buffer.text() += value;
  buffer.end_message(time);
}

TEST(MessageBuffer, HandsOverKeysAndValuesInOrder) {
  MessageBuffer buffer;
  CountingWriter writer;
  add(buffer, "k", "one", 1);
  add(buffer, "", "two", 2);
  add(buffer, "key", "", 3);

  EXPECT_TRUE(*buffer.drain(writer));

  EXPECT_THAT(writer.taken, ElementsAre("k=one", "=two", "key="));
  EXPECT_THAT(writer.times, ElementsAre(1, 2, 3));
  EXPECT_TRUE(buffer.empty());
}

TEST(MessageBuffer, AMessageWithoutAKeyNeedsNoEndOfIt) {
  MessageBuffer buffer;
  CountingWriter writer;
  add(buffer, "k", "one", 1);
  buffer.text() += "two";
  buffer.end_message(2);

  EXPECT_TRUE(*buffer.drain(writer));

  EXPECT_THAT(writer.taken, ElementsAre("k=one", "=two"));
}

TEST(MessageBuffer, HeadersStandBetweenKeyAndValue) {
  MessageBuffer buffer({"version", "site"});
  CountingWriter writer;
  for (int i = 0; i < 600; ++i) {
    buffer.text() += "k";
    buffer.end_key();
    buffer.text() += std::to_string(i);
    buffer.end_header();
    buffer.text() += std::string(4000, 's');
    buffer.end_header();
    buffer.text() += "value";
    buffer.end_message(i);
  }
  writer.room = 450;
  EXPECT_FALSE(*buffer.drain(writer));
  writer.room = SIZE_MAX;

  EXPECT_TRUE(*buffer.drain(writer));

  ASSERT_EQ(writer.taken.size(), 600u);
  for (std::size_t i = 0; i < 600; ++i) {
    EXPECT_EQ(writer.taken[i], "k=value");
    EXPECT_EQ(writer.headers[i],
              "version:" + std::to_string(i) + " site:" + std::string(4000, 's') + " ");
  }
}

TEST(MessageBuffer, KeepsWhatIsNotTaken) {
  MessageBuffer buffer;
  CountingWriter writer;
  for (int i = 0; i < 1000; ++i)
    add(buffer, "k", std::to_string(i), i);
  writer.room = 700;

  EXPECT_FALSE(*buffer.drain(writer));
  EXPECT_EQ(buffer.count(), 300u);
  add(buffer, "k", "1000", 1000);
  writer.room = SIZE_MAX;
  EXPECT_TRUE(*buffer.drain(writer));

  ASSERT_EQ(writer.taken.size(), 1001u);
  for (int i = 0; i <= 1000; ++i)
    EXPECT_EQ(writer.taken[i], "k=" + std::to_string(i));
  EXPECT_EQ(buffer.bytes(), 0u);
}

struct Keyed {
  std::int32_t level;
  std::uint8_t has_level;
  std::int16_t small;
  double ratio;
  std::int32_t stage;
};

RecordSchema keyed_schema() {
  const auto field = [](std::string name, FieldType type, std::size_t offset) {
    Field made;
    made.name = std::move(name);
    made.type = type;
    made.offset = static_cast<std::uint32_t>(offset);
    made.size = 0;
    return made;
  };
  RecordSchema schema;
  schema.name = "Keyed";
  schema.size = sizeof(Keyed);
  schema.alignment = alignof(Keyed);
  schema.fields = {field("level", FieldType::I32, offsetof(Keyed, level)),
                   field("small", FieldType::I16, offsetof(Keyed, small)),
                   field("ratio", FieldType::F64, offsetof(Keyed, ratio)),
                   field("stage", FieldType::Enum, offsetof(Keyed, stage))};
  schema.fields[0].presence_offset = offsetof(Keyed, has_level);
  schema.fields[3].enumerators = {{"Load", 1}, {"Init", 2}};
  return schema;
}

TEST(MessageKey, JoinsTheValuesOfItsFields) {
  const RecordSchema schema = keyed_schema();
  const auto key = MessageKey::of(schema, {"stage", "small", "level", "ratio"});
  ASSERT_TRUE(key);
  std::string out;

  const Keyed row{.level = 7, .has_level = 1, .small = -3, .ratio = 0.5, .stage = 2};
  key->append(&row, out);

  EXPECT_EQ(out, "Init|-3|7|0.5");
}

TEST(MessageKey, LeavesThePlaceOfAMissingValueEmpty) {
  const RecordSchema schema = keyed_schema();
  const auto key = MessageKey::of(schema, {"level", "stage"});
  ASSERT_TRUE(key);
  std::string out;

  const Keyed row{.level = 7, .has_level = 0, .small = 0, .ratio = 0, .stage = 9};
  key->append(&row, out);

  EXPECT_EQ(out, "|9");
}

TEST(MessageKey, RefusesFieldsThatAreNotThere) {
  const RecordSchema schema = keyed_schema();

  EXPECT_FALSE(MessageKey::of(schema, {"level", "nothing"}));
}

}  // namespace
}  // namespace weir
