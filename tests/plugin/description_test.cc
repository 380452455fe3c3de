#include "plugin/description.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

OperatorDescription described(OperatorKind kind, std::vector<std::size_t> inputs) {
  OperatorDescription made{};
  made.kind = kind;
  made.inputs = std::move(inputs);
  return made;
}

TEST(JobDescription, TellsWhatTheRowsOfAnOperatorAreKeyedBy) {
  JobDescription job;
  job.operators.push_back(described(OperatorKind::Source, {}));
  job.operators.push_back(described(OperatorKind::KeyBy, {0}));
  job.operators.back().key = KeySchema{{{"user", FieldType::Text}}};
  job.operators.push_back(described(OperatorKind::Filter, {1}));
  job.operators.push_back(described(OperatorKind::WindowRows, {2}));
  job.operators.push_back(described(OperatorKind::KeyBy, {3}));
  job.operators.back().key = KeySchema{{{"lesson", FieldType::I64}}};
  job.operators.push_back(described(OperatorKind::WindowAggregate, {4}));

  EXPECT_TRUE(job.key_of(job.operators[0]).fields.empty());
  ASSERT_EQ(job.key_of(job.operators[3]).fields.size(), 1u);
  EXPECT_EQ(job.key_of(job.operators[3]).fields[0].name, "user");
  EXPECT_EQ(job.key_of(job.operators[5]).fields[0].name, "lesson");
}

}  // namespace
}  // namespace weir
