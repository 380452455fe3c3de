#include "model/schema.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(RecordSchema, FindsAFieldByItsName) {
  RecordSchema schema;
  schema.fields.push_back({.name = "user", .type = FieldType::Text});
  schema.fields.push_back({.name = "cost", .type = FieldType::I32, .offset = 16});

  ASSERT_NE(schema.find("cost"), nullptr);
  EXPECT_EQ(schema.find("cost")->offset, 16u);
  EXPECT_EQ(schema.find("Cost"), nullptr);
}

TEST(RecordSchema, EveryTypeHasAName) {
  for (std::uint32_t type = 1; type <= static_cast<std::uint32_t>(FieldType::Duration); ++type)
    EXPECT_NE(name_of(static_cast<FieldType>(type)), "unknown") << type;
}

}  // namespace
}  // namespace weir
