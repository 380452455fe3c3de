// State of an earlier version of an accumulator, taken back through the plugin's own function.

#include <cstring>

#include <gmock/gmock.h>

#include "job/state_forms.h"
#include "job/state_reading.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

// A number under this name.
RecordSchema record_of(std::string field, FieldType type, std::uint32_t size) {
  RecordSchema record{.name = "Count", .doc = "", .size = 8, .alignment = 8, .fields = {}};
  record.fields.push_back({.name = std::move(field), .type = type, .offset = 0, .size = size});
  return record;
}

StateForm form_of(RecordSchema record, std::uint32_t version) {
  StateForm form{.kind = StateForm::Kind::Aggregate,
                 .version = version,
                 .key = {{{"user", FieldType::Text}}},
                 .window = {.size = 10'000, .slide = 10'000}};
  form.records.push_back(std::make_shared<const RecordSchema>(std::move(record)));
  return form;
}

template <class Number>
std::string bytes_of(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

// Milliseconds were kept, and seconds are; less than nothing is refused.
weir_status to_seconds(std::uint32_t count,
                       void* const* to,
                       const void* const* from,
                       weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) {
    std::int64_t milliseconds = 0;
    std::memcpy(&milliseconds, from[i], sizeof(milliseconds));
    if (milliseconds < 0) {
      error->row = i;
      error->message_size = 4;
      std::memcpy(error->message, "less", 4);
      return WEIR_FAILED;
    }
    const double seconds = static_cast<double>(milliseconds) / 1'000;
    std::memcpy(to[i], &seconds, sizeof(seconds));
  }
  return WEIR_OK;
}

// What was stored by version 1, entry by entry.
class StoredCounts final : public StateReader {
 public:
  StoredCounts(StateForm form, std::vector<std::int64_t> values)
      : form_(encode_form(form)), values_(std::move(values)) {}

  Status read(std::uint16_t, std::uint16_t, StateIntake& intake) override {
    TRY_DO(intake.begin_form(1));
    for (const std::int64_t value : values_)
      TRY_DO(intake.take({.section = 0, .group = 0, .key = "k"}, bytes_of(value)));
    return Done{};
  }
  std::vector<std::string> notes(std::string_view) const override { return {}; }
  std::vector<std::string> forms() const override { return {form_}; }

 private:
  std::string form_;
  std::vector<std::int64_t> values_;
};

class TakenCounts final : public StateIntake {
 public:
  Status take(const StatePlace&, std::string_view value) override {
    values.emplace_back(value);
    return Done{};
  }
  std::vector<std::string> values;
};

class StateMigrations : public ::testing::Test {
 protected:
  StateMigrations() {
    migration_.struct_size = sizeof(migration_);
    migration_.version = 1;
    migration_.migrate = &to_seconds;
  }

  Result<std::vector<std::string>> read(std::vector<std::int64_t> values) {
    const NeededState needed{.form = now_,
                             .initial = std::vector<std::byte>(8),
                             .migrations = {{1, milliseconds_}},
                             .functions = functions_};
    const auto reader =
        read_state_as(needed,
                      std::make_unique<StoredCounts>(form_of(milliseconds_, 1), std::move(values)),
                      converted_);
    TakenCounts taken;
    TRY_DO(reader->read(0, 1, taken));
    return taken.values;
  }

  const RecordSchema milliseconds_ = record_of("lasted", FieldType::I64, 8);
  const StateForm now_ = form_of(record_of("lasted", FieldType::F64, 8), 2);
  weir_migration migration_{};
  const weir_migration* functions_[1] = {&migration_};
  Counter converted_;
};

TEST_F(StateMigrations, MakeEachEntry) {
  const auto values = read({1'500, 0, 250});

  ASSERT_TRUE(values) << values.error().text();
  EXPECT_THAT(*values, ElementsAre(bytes_of(1.5), bytes_of(0.0), bytes_of(0.25)));
  EXPECT_EQ(converted_.value(), 3u);
}

TEST_F(StateMigrations, ThatFailEndTheReading) {
  const auto values = read({1'500, -1});

  ASSERT_FALSE(values);
  EXPECT_THAT(values.error().text(), EndsWith("migrate its state from version 1: less"));
}

TEST_F(StateMigrations, AreTakenAlsoWhereTheFieldsHaveKeptTheirTypes) {
  const StateForm seconds = form_of(milliseconds_, 2);
  const std::vector<StateMigration> migrations = {{1, milliseconds_}};

  const auto change = change_of_form(form_of(milliseconds_, 1), seconds, migrations);

  ASSERT_TRUE(change) << change.error().text();
  EXPECT_EQ(change->front().migration, 0u);
}

TEST_F(StateMigrations, AreNotTakenForTheSameVersion) {
  const std::vector<StateMigration> migrations = {{1, milliseconds_}};

  const auto change = change_of_form(now_, now_, migrations);

  ASSERT_TRUE(change) << change.error().text();
  EXPECT_FALSE(change->front().has_value());
}

TEST_F(StateMigrations, AreFoundByFieldsWhereNoVersionWasNoted) {
  const std::vector<StateMigration> migrations = {{1, milliseconds_}};

  const auto change = change_of_form(form_of(milliseconds_, 0), now_, migrations);

  ASSERT_TRUE(change) << change.error().text();
  EXPECT_EQ(change->front().migration, 0u);
}

TEST_F(StateMigrations, OfAnotherVersionLeaveItToTheNamesOfFields) {
  const StateForm wider = form_of(record_of("lasted", FieldType::I64, 8), 3);
  const std::vector<StateMigration> migrations = {{1, milliseconds_}};

  const auto change =
      change_of_form(form_of(record_of("lasted", FieldType::I32, 4), 2), wider, migrations);

  ASSERT_TRUE(change) << change.error().text();
  EXPECT_TRUE(change->front().conversion.has_value());
}

TEST_F(StateMigrations, OfOtherFieldsUnderThatVersionAreRefused) {
  const std::vector<StateMigration> migrations = {{1, milliseconds_}};

  const auto change =
      change_of_form(form_of(record_of("waited", FieldType::I64, 8), 1), now_, migrations);

  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().message(),
            "its accumulator Count of version 1 has other fields than what the plugin migrates "
            "from that version");
}

}  // namespace
}  // namespace weir
