#include "rollout/state_decision.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/state_form.h"

namespace weir {
namespace {

using testing::HasSubstr;

// Fields of eight bytes behind each other.
RecordSchema record(const std::vector<std::pair<std::string, FieldType>>& fields) {
  RecordSchema made{.name = "Attempt", .doc = {}, .fields = {}};
  for (const auto& [name, type] : fields) {
    Field field{.name = name, .type = type, .offset = made.size, .size = 8};
    if (type == FieldType::I32 || type == FieldType::F32 || type == FieldType::Enum) field.size = 4;
    made.fields.push_back(field);
    made.size += 8;
  }
  return made;
}

StateForm form_of(RecordSchema schema) {
  return {.kind = StateForm::Kind::Aggregate,
          .key = {{{"user", FieldType::Text}}},
          .window = {.size = 10'000, .slide = 10'000},
          .records = {std::make_shared<const RecordSchema>(std::move(schema))}};
}

LockedState state(StateForm form, std::uint32_t version = 1) {
  form.version = version;
  return {"attempts", version, encode_form(form)};
}

const RecordSchema kOld = record({{"steps", FieldType::I64}, {"cost", FieldType::I64}});

TEST(StateDecision, TheSameLayoutIsTakenAsItIs) {
  const LockedState before = state(form_of(kOld));
  EXPECT_EQ(decide_state(&before, &before).verdict, StateVerdict::AsIs);

  const LockedState renumbered = state(form_of(kOld), 2);
  EXPECT_EQ(decide_state(&before, &renumbered).verdict, StateVerdict::AsIs);
}

TEST(StateDecision, FieldsThatComeGoMoveAndGrowAreReadByName) {
  const LockedState before =
      state(form_of(record({{"steps", FieldType::I32}, {"cost", FieldType::I64}})), 1);
  for (const RecordSchema& after :
       {record({{"steps", FieldType::I32}, {"cost", FieldType::I64}, {"mood", FieldType::I64}}),
        record({{"cost", FieldType::I64}}),
        record({{"cost", FieldType::I64}, {"steps", FieldType::I32}}),
        record({{"steps", FieldType::I64}, {"cost", FieldType::I64}}),
        record({{"steps", FieldType::F64}, {"cost", FieldType::I64}})}) {
    const LockedState newer = state(form_of(after), 2);
    EXPECT_EQ(decide_state(&before, &newer).verdict, StateVerdict::Read) << newer.form;
  }
}

TEST(StateDecision, AnOlderVersionIsAWayDown) {
  const LockedState before = state(form_of(kOld), 3);
  const LockedState after = state(form_of(record({{"steps", FieldType::I64}})), 2);
  EXPECT_EQ(decide_state(&before, &after).verdict, StateVerdict::Down);
}

TEST(StateDecision, ANewLayoutUnderTheOldVersionIsRefused) {
  const LockedState before = state(form_of(kOld), 2);
  const LockedState after = state(form_of(record({{"steps", FieldType::I64}})), 2);

  const StateDecision decision = decide_state(&before, &after);

  EXPECT_EQ(decision.verdict, StateVerdict::Refuse);
  EXPECT_THAT(decision.reason, HasSubstr("under the same version 2"));
}

TEST(StateDecision, WhatNoConversionBridgesIsRefusedWithItsReason) {
  StateForm windows = form_of(kOld);
  windows.window = {.size = 60'000, .slide = 60'000};
  StateForm keys = form_of(kOld);
  keys.key = {{{"user", FieldType::I64}}};
  StateForm rows = form_of(kOld);
  rows.kind = StateForm::Kind::Rows;
  const StateForm narrowed = form_of(record({{"steps", FieldType::I32}, {"cost", FieldType::I64}}));
  const StateForm retyped = form_of(record({{"steps", FieldType::F64}, {"cost", FieldType::I64}}));
  struct Case {
    StateForm after;
    std::string reason;
  };
  const LockedState before = state(form_of(kOld), 1);
  for (const Case& each : {Case{windows, "and open ones cannot be cut into 60000 ms"},
                           Case{keys, "keys of other types"},
                           Case{rows, "rows or accumulators"},
                           Case{narrowed, "field steps was i64, and i32 cannot be made of it"},
                           Case{retyped, "field steps was i64, and f64 cannot be made of it"}}) {
    const LockedState after = state(each.after, 2);
    const StateDecision decision = decide_state(&before, &after);
    EXPECT_EQ(decision.verdict, StateVerdict::Refuse) << each.reason;
    EXPECT_THAT(decision.reason, HasSubstr(each.reason));
  }
}

TEST(StateDecision, AnOperatorThatComesBeginsAndOneThatGoesIsRefused) {
  const LockedState some = state(form_of(kOld));
  EXPECT_EQ(decide_state(nullptr, &some).verdict, StateVerdict::Begin);
  EXPECT_EQ(decide_state(&some, nullptr).verdict, StateVerdict::Refuse);
}

TEST(StateDecision, AFormThatCannotBeReadIsRefused) {
  const LockedState broken{"attempts", 1, "{"};
  const LockedState some = state(form_of(kOld));
  EXPECT_EQ(decide_state(&broken, &some).verdict, StateVerdict::Refuse);
}

TEST(StateDecision, EveryVerdictHasANameOfItsOwn) {
  for (const StateVerdict verdict : {StateVerdict::AsIs,
                                     StateVerdict::Read,
                                     StateVerdict::Migrate,
                                     StateVerdict::Down,
                                     StateVerdict::Begin,
                                     StateVerdict::Refuse})
    EXPECT_EQ(state_verdict_named(name_of(verdict)), verdict);
  EXPECT_EQ(state_verdict_named("maybe"), std::nullopt);
}

}  // namespace
}  // namespace weir
