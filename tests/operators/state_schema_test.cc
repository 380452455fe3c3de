// State that was written by an operator of another form is refused, not misread.
#include "operators/state_schema.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "fakes/memory_image.h"
#include "harness/listing.h"
#include "harness/operator_harness.h"
#include "harness/recorded_output.h"
#include "harness/totals.h"
#include "operators/window_aggregate.h"
#include "operators/window_rows.h"

namespace weir {
namespace {

using testing::HasSubstr;

const KeySchema kUsers = {{{"user", FieldType::Text}}};

std::unique_ptr<Operator> aggregate(const WindowSpec& spec, const KeySchema& key) {
  static const weir_functions functions = harness::totals_functions();
  return *make_window_aggregate({.window = spec,
                                 .groups = {},
                                 .state = harness::totals_state(),
                                 .output_size = sizeof(harness::TotalsRow),
                                 .functions = &functions,
                                 .is_durable = true,
                                 .key = key});
}

std::unique_ptr<Operator> rows(const WindowSpec& spec, const KeySchema& key) {
  static const weir_functions functions = harness::listing_functions();
  const auto schema = std::make_shared<const RecordSchema>(harness::event_schema());
  return *make_window_rows({.window = spec,
                            .groups = {},
                            .inputs = {schema, schema},
                            .output_size = sizeof(harness::ListingRow),
                            .functions = &functions,
                            .is_durable = true,
                            .key = key});
}

using Make = std::unique_ptr<Operator> (*)(const WindowSpec& spec, const KeySchema& key);

class StateOfWindows : public testing::TestWithParam<Make> {
 protected:
  // Written by an operator of 30 s windows over users.
  void SetUp() override {
    const auto writer = GetParam()({.size = 30'000, .slide = 30'000}, kUsers);
    harness::RecordedOutput output;
    const harness::Input row{.time = 1, .user = "anna", .amount = 1};
    ASSERT_TRUE(writer->process(0, harness::batch_of(std::vector{row}), output));
    EpochDelta epoch;
    epoch.epoch = 1;
    StateDelta& delta = epoch.operators.emplace_back(OperatorDelta{"sums", {}}).delta;
    writer->collect(delta);
    while (!writer->collect_more()) {}
    const auto image = fakes::open_memory_image(disk);
    ASSERT_TRUE(image->prepare(epoch) && image->commit());
  }
  Status restored(const WindowSpec& spec, const KeySchema& key = kUsers) {
    const auto image = fakes::open_memory_image(disk);
    return GetParam()(spec, key)->restore(*image->reader("sums"));
  }
  // What is said to a job that has this form now.
  std::string refusal(const WindowSpec& spec, const KeySchema& key = kUsers) {
    const Status outcome = restored(spec, key);
    if (outcome) return "it was restored";
    EXPECT_EQ(outcome.error().kind(), ErrorKind::Incompatible);
    return outcome.error().message();
  }

  fakes::MemoryDisk disk;
};

TEST_P(StateOfWindows, IsRefusedWhenTimeIsCutOtherwise) {
  EXPECT_EQ(refusal({.size = 60'000, .slide = 60'000}),
            "the windows of its state were written as \"30000 ms\", the job now has \"60000 ms\"");
  EXPECT_THAT(refusal({.size = 30'000, .slide = 10'000}),
              HasSubstr("the job now has \"30000 ms every 10000 ms\""));
  EXPECT_THAT(refusal({.size = 30'000, .slide = 30'000, .offset = 5'000}),
              HasSubstr("the job now has \"30000 ms from 5000 ms on\""));
}

TEST_P(StateOfWindows, IsRefusedWhenKeysAreMadeOfOtherTypes) {
  EXPECT_EQ(refusal({.size = 30'000, .slide = 30'000}, {{{"user", FieldType::I64}}}),
            "the keys of its state were written as \"text\", the job now has \"i64\"");
  EXPECT_THAT(refusal({.size = 30'000, .slide = 30'000},
                      {{{"lesson", FieldType::Text}, {"user", FieldType::Text}}}),
              HasSubstr("the job now has \"text, text\""));
}

TEST_P(StateOfWindows, IsTakenWhenOnlyNamesOrLatenessChanged) {
  EXPECT_TRUE(restored({.size = 30'000, .slide = 30'000}));
  EXPECT_TRUE(restored({.size = 30'000, .slide = 30'000}, {{{"student", FieldType::Text}}}));
  EXPECT_TRUE(restored({.size = 30'000, .slide = 30'000, .allowed_lateness = 1'000}));
}

INSTANTIATE_TEST_SUITE_P(Each,
                         StateOfWindows,
                         testing::Values(&aggregate, &rows),
                         [](const auto& made) { return made.index == 0 ? "Aggregate" : "Rows"; });

// A record with a time, a mood and a place.
RecordSchema visit(std::vector<Enumerator> moods) {
  RecordSchema place{"Place", "", 8, 4, {}};
  place.fields.push_back({"row", FieldType::I32, 0, 4, {}, "", "", {}, nullptr});
  place.fields.push_back({"seat", FieldType::I32, 4, 4, {}, "", "", {}, nullptr});
  RecordSchema record{"Visit", "", 24, 8, {}};
  record.fields.push_back({"at", FieldType::Time, 0, 8, {}, "", "", {}, nullptr});
  record.fields.push_back({"mood", FieldType::Enum, 8, 4, 12u, "", "", std::move(moods), nullptr});
  record.fields.push_back({"place",
                           FieldType::Record,
                           16,
                           8,
                           {},
                           "",
                           "",
                           {},
                           std::make_shared<const RecordSchema>(place)});
  return record;
}

TEST(StateSchema, TellsFieldsForPeople) {
  const RecordSchema record = visit({{"Calm", 0}, {"Happy", 1}});

  EXPECT_EQ(text_of(record, Offsets::Left),
            "Visit: (at time, mood enum {Calm=0, Happy=1}?, place Place: (row i32, seat i32))");
  EXPECT_EQ(text_of(record, Offsets::Told),
            "Visit: (at time at 0, mood enum {Calm=0, Happy=1}? at 8, place Place: (row i32 at 0, "
            "seat i32 at 4) at 16)");
}

TEST(StateSchema, DiffersWhenAnEnumIsRenumbered) {
  EXPECT_NE(text_of(visit({{"Calm", 0}, {"Happy", 1}}), Offsets::Told),
            text_of(visit({{"Calm", 1}, {"Happy", 0}}), Offsets::Told));
}

}  // namespace
}  // namespace weir
