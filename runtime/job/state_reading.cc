#include "job/state_reading.h"

#include <cstring>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/format.h"
#include "base/packed.h"
#include "job/state_forms.h"
#include "operators/state_schema.h"
#include "plugin/call_error.h"
#include "state/row_packing.h"

namespace weir {
namespace {

// Room for one record, aligned for any.
class Scratch final {
 public:
  explicit Scratch(std::size_t size) : room_(size / sizeof(std::max_align_t) + 1) {}
  std::byte* bytes() { return reinterpret_cast<std::byte*>(room_.data()); }

 private:
  std::vector<std::max_align_t> room_;
};

Error torn() {
  return Error(ErrorKind::Corrupt, "an entry is not of the form that it was written in");
}

// From one stored form to the needed one.
class EntryConversion final {
 public:
  static Result<EntryConversion> make(std::string_view stored, const NeededState& needed) {
    TRY(auto found, decode_form(stored));
    TRY(auto change, change_of_form(found, needed.form, needed.migrations));
    return EntryConversion(std::move(found), std::move(change), needed);
  }

  // False: `value` may stay as it is. Else `made` is it.
  Result<bool> convert(const StatePlace& place, std::string_view value, std::string& made) const {
    if (found_.kind == StateForm::Kind::Aggregate) return convert_accumulator(value, made);
    if (place.key.size() < kKeyTailSize) return torn();
    const std::size_t side = static_cast<std::uint8_t>(place.key[place.key.size() - kKeyTailSize]);
    if (side >= change_.size()) return torn();
    return convert_rows(side, value, made);
  }

 private:
  // The side of the rows, and how many there are before them.
  static constexpr std::size_t kKeyTailSize = sizeof(std::uint8_t) + sizeof(std::uint32_t);

  EntryConversion(StateForm found, FormChange change, const NeededState& needed)
      : found_(std::move(found)), change_(std::move(change)), needed_(&needed) {}

  Result<bool> convert_accumulator(std::string_view value, std::string& made) const {
    if (!change_[0].has_value()) return false;
    if (value.size() != found_.records[0]->size) return torn();
    if (change_[0].migration) return migrate(value, made);
    made.assign(reinterpret_cast<const char*>(needed_->initial.data()), needed_->initial.size());
    change_[0].conversion->convert(reinterpret_cast<const std::byte*>(value.data()),
                                   reinterpret_cast<std::byte*>(made.data()));
    return true;
  }

  Result<bool> migrate(std::string_view value, std::string& made) const {
    Scratch old_state(value.size());
    std::memcpy(old_state.bytes(), value.data(), value.size());
    Scratch state(needed_->initial.size());
    std::memcpy(state.bytes(), needed_->initial.data(), needed_->initial.size());
    const void* const from = old_state.bytes();
    void* const to = state.bytes();
    weir_error error = fresh_call_error();
    const std::size_t index = *change_[0].migration;
    if (needed_->functions[index]->migrate(1, &to, &from, &error) != WEIR_OK) {
      return error_of(error).during(
          format("migrate its state from version {}", needed_->migrations[index].version));
    }
    made.assign(reinterpret_cast<const char*>(state.bytes()), needed_->initial.size());
    return true;
  }

  Result<bool> convert_rows(std::size_t side, std::string_view value, std::string& made) const {
    if (!change_[side].conversion) return false;
    const RecordSchema& from = *found_.records[side];
    const RecordSchema& to = *needed_->form.records[side];
    const RowPacking old_packing(from);
    const RowPacking packing(to);
    Scratch old_row(from.size);
    made.clear();
    for (PackedReader reader(value); !reader.is_at_end();) {
      std::int64_t time = 0;
      if (!old_packing.unpack(reader, time, old_row.bytes())) return torn();
      Scratch row(to.size);
      change_[side].conversion->convert(old_row.bytes(), row.bytes());
      packing.pack(time, row.bytes(), made);
    }
    return true;
  }

  StateForm found_;
  FormChange change_;
  const NeededState* needed_;
};

class ConvertingIntake final : public StateIntake {
 public:
  ConvertingIntake(const NeededState& needed,
                   const std::vector<std::string>& forms,
                   StateIntake& intake,
                   Counter& converted)
      : needed_(needed), forms_(forms), intake_(intake), converted_(converted) {}

  Status begin_form(std::size_t form) override {
    current_ = nullptr;
    if (form == 0) return Done{};
    if (form > forms_.size()) return torn();
    const auto known = conversions_.find(form);
    if (known != conversions_.end()) {
      current_ = &known->second;
      return Done{};
    }
    TRY(auto made, EntryConversion::make(forms_[form - 1], needed_));
    current_ = &conversions_.emplace(form, std::move(made)).first->second;
    return Done{};
  }

  Status take(const StatePlace& place, std::string_view value) override {
    if (current_ == nullptr) return intake_.take(place, value);
    TRY(const bool is_converted, current_->convert(place, value, made_));
    if (!is_converted) return intake_.take(place, value);
    converted_.add(1);
    return intake_.take(place, made_);
  }

 private:
  const NeededState& needed_;
  const std::vector<std::string>& forms_;
  StateIntake& intake_;
  Counter& converted_;
  std::map<std::size_t, EntryConversion> conversions_;
  const EntryConversion* current_ = nullptr;  // Of the entries at hand; null: not described.
  std::string made_;
};

class ConvertingReader final : public StateReader {
 public:
  ConvertingReader(const NeededState& needed,
                   std::unique_ptr<StateReader> stored,
                   Counter& converted)
      : needed_(needed),
        stored_(std::move(stored)),
        forms_(stored_->forms()),
        converted_(converted) {}

  Status read(std::uint16_t first, std::uint16_t count, StateIntake& intake) override {
    ConvertingIntake converting(needed_, forms_, intake, converted_);
    return stored_->read(first, count, converting);
  }

  std::vector<std::string> notes(std::string_view name) const override {
    if (name == kSchemaNote && !forms_.empty()) return {};
    return stored_->notes(name);
  }

  std::vector<std::string> forms() const override { return forms_; }

 private:
  const NeededState& needed_;
  std::unique_ptr<StateReader> stored_;
  std::vector<std::string> forms_;
  Counter& converted_;
};

}  // namespace

std::unique_ptr<StateReader> read_state_as(const NeededState& needed,
                                           std::unique_ptr<StateReader> stored,
                                           Counter& converted) {
  return std::make_unique<ConvertingReader>(needed, std::move(stored), converted);
}

}  // namespace weir
