// make_state STATE_DIR [STEPS]: the state of a job "clicks" after one epoch, for the tests of `weir
// state` and `weir savepoint`.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "checkpoint/rocks_image.h"
#include "checkpoint/state_folder.h"
#include "checkpoint/state_form.h"

namespace weir {
namespace {

struct Attempt {
  std::int32_t steps;
  std::int32_t stage;
};

StateForm attempts_form() {
  auto record = std::make_shared<RecordSchema>();
  record->name = "Attempt";
  record->size = sizeof(Attempt);
  record->fields = {
      {.name = "steps", .type = FieldType::I32, .offset = 0, .size = 4},
      {.name = "stage",
       .type = FieldType::Enum,
       .offset = 4,
       .size = 4,
       .enumerators = {{"None", 0}, {"Channel", 1}}},
  };
  return {.kind = StateForm::Kind::Aggregate,
          .key = {{{"lesson_id", FieldType::Text}, {"grade", FieldType::I16}}},
          .window = {.size = 30'000, .slide = 30'000},
          .records = {record}};
}

// Clicks that wait for their window.
StateForm clicks_form() {
  auto record = std::make_shared<RecordSchema>();
  record->name = "Click";
  record->size = 32;
  record->fields = {
      {.name = "user", .type = FieldType::Text, .offset = 0, .size = 16},
      {.name = "x", .type = FieldType::I32, .offset = 16, .size = 4, .presence_offset = 20},
      {.name = "at", .type = FieldType::Time, .offset = 24, .size = 8},
  };
  return {.kind = StateForm::Kind::Rows,
          .key = {{{"user", FieldType::Text}}},
          .window = {.size = 30'000, .slide = 30'000},
          .records = {record, record}};
}

// As row_packing.h says.
template <class Number>
std::string packed_number(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}
std::string packed_click(std::int64_t at, const std::string& user, std::optional<std::int32_t> x) {
  std::string row = packed_number(at) + packed_number(static_cast<std::uint32_t>(user.size()));
  row += user;
  row += x ? '\1' : '\0';
  if (x) row += packed_number(*x);
  return row + packed_number(at);
}

std::string key_of(const std::string& lesson, std::int16_t grade) {
  const auto size = static_cast<std::uint32_t>(lesson.size());
  std::string key(reinterpret_cast<const char*>(&size), sizeof(size));
  key += lesson;
  return key.append(reinterpret_cast<const char*>(&grade), sizeof(grade));
}

std::string bytes_of(const Attempt& attempt) {
  std::string bytes(sizeof(attempt), '\0');
  std::memcpy(bytes.data(), &attempt, sizeof(attempt));
  return bytes;
}

int make(const std::string& state, std::int32_t steps) {
  auto image =
      open_rocks_image(image_folder(state, "clicks"), {.job = "clicks"}, make_rocks_share());
  if (!image) {
    std::fprintf(stderr, "%s\n", image.error().text().c_str());
    return 1;
  }
  (*image)->describe("attempts", encode_form(attempts_form()));
  StateDelta delta;
  delta.put(2, 17, {key_of("L5", -1)}, {bytes_of({steps, 1})});
  delta.put(2, 40, {key_of("L6", 7)}, {bytes_of({1, 0})});
  (*image)->describe("clicks", encode_form(clicks_form()));
  StateDelta clicks;
  const std::string tail("\1\0\0\0\0", 5);  // Of side 1, the first rows.
  clicks.put(2,
             17,
             {"anna", tail},
             {packed_click(61'000, "anna", 7), packed_click(60'500, "anna", std::nullopt)});
  EpochDelta epoch;
  epoch.epoch = (*image)->epoch() + 1;
  epoch.positions = {{.source = "in", .positions = {{"clicks/0", 12}}}};
  epoch.operators.push_back({"attempts", std::move(delta)});
  epoch.operators.push_back({"clicks", std::move(clicks)});
  return (*image)->prepare(epoch) && (*image)->commit() ? 0 : 1;
}

}  // namespace
}  // namespace weir

int main(int count, char** arguments) {
  if (count < 2) return 2;
  return weir::make(arguments[1], count > 2 ? std::atoi(arguments[2]) : 3);  // NOLINT
}
