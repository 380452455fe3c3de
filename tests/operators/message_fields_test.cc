#include "operators/message_fields.h"

#include <array>
#include <cstddef>
#include <optional>

#include <gmock/gmock.h>
#include <weir/abi.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Visit {
  std::int64_t at = 0;
  weir_text user{};
  weir_text trace{};
  std::uint8_t has_user = 0;
  std::uint8_t has_trace = 0;
};

Field field(std::string name, FieldType type, std::size_t offset) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  return made;
}

RecordSchema visits() {
  RecordSchema schema;
  schema.name = "Visit";
  schema.size = sizeof(Visit);
  Field user = field("user", FieldType::Text, offsetof(Visit, user));
  user.presence_offset = offsetof(Visit, has_user);
  Field trace = field("trace", FieldType::Text, offsetof(Visit, trace));
  trace.presence_offset = offsetof(Visit, has_trace);
  schema.fields = {field("at", FieldType::Time, offsetof(Visit, at)), user, trace};
  return schema;
}

class MessageFieldsTest : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

  void fill(std::optional<std::string_view> key, const Headers& headers) {
    RawRecord record;
    record.key = key.value_or("");
    record.has_key = key.has_value();
    record.headers = headers;
    MessageFields::of(visits(), "user", {{"trace", "x-trace"}})
        .value()
        .fill(record, block.row(0), block);
    row = *reinterpret_cast<const Visit*>(block.row(0));
  }
  static std::string text(const weir_text& value) { return {value.data, value.size}; }

  Block block{sizeof(Visit), 1};
  Visit row;
};

TEST_F(MessageFieldsTest, HoldKeyAndHeader) {
  std::string key = "ann";
  fill(key, {{"x-span", "2"}, {"x-trace", "1"}});
  key = "bob";

  EXPECT_EQ(text(row.user), "ann");
  EXPECT_EQ(row.has_user, 1);
  EXPECT_EQ(text(row.trace), "1");
  EXPECT_EQ(row.has_trace, 1);
}

TEST_F(MessageFieldsTest, TakeTheLastOfEqualHeaders) {
  fill("ann", {{"x-trace", "1"}, {"x-trace", "2"}});

  EXPECT_EQ(text(row.trace), "2");
}

TEST_F(MessageFieldsTest, AreEmptyOrNotPresentWithoutKeyAndHeader) {
  fill(std::nullopt, {});

  EXPECT_EQ(row.user.size, 0U);
  EXPECT_EQ(row.has_user, 0);
  EXPECT_EQ(row.has_trace, 0);
}

TEST_F(MessageFieldsTest, ArePresentAndEmptyForAKeyAndAHeaderThatAreEmpty) {
  fill("", {{"x-trace", ""}});

  EXPECT_EQ(row.user.size, 0U);
  EXPECT_EQ(row.has_user, 1);
  EXPECT_EQ(row.trace.size, 0U);
  EXPECT_EQ(row.has_trace, 1);
}

TEST_F(MessageFieldsTest, AreNotExpectedInTheValue) {
  const RecordSchema all = visits();

  const auto fields = MessageFields::of(all, "user", {{"trace", "x-trace"}}).value();
  const RecordSchema& rest = fields.rest();

  ASSERT_EQ(rest.fields.size(), 1U);
  EXPECT_EQ(rest.fields[0].name, "at");
  EXPECT_EQ(rest.size, all.size);
}

TEST_F(MessageFieldsTest, MustHoldText) {
  EXPECT_THAT(MessageFields::of(visits(), "at", {}).error().message(), HasSubstr("Visit: at"));
  EXPECT_THAT(MessageFields::of(visits(), "", {{"nobody", "h"}}).error().message(),
              HasSubstr("Visit: nobody"));
}

}  // namespace
}  // namespace weir
