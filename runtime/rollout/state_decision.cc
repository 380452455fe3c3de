#include "rollout/state_decision.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/format.h"
#include "checkpoint/state_form.h"

namespace weir {
namespace {

constexpr std::array<std::string_view, 6> kNames = {
    "as is", "read", "migrate", "down", "begin", "refuse"};

bool is_same(const RecordSchema& before, const RecordSchema& after);

bool is_same(const Field& before, const Field& after) {
  if (before.name != after.name || before.type != after.type || before.offset != after.offset ||
      before.size != after.size || before.presence_offset != after.presence_offset ||
      before.enumerators != after.enumerators)
    return false;
  if (!before.record || !after.record) return !before.record && !after.record;
  return is_same(*before.record, *after.record);
}

bool is_same(const RecordSchema& before, const RecordSchema& after) {
  return before.size == after.size &&
         std::ranges::equal(before.fields, after.fields, [](const Field& left, const Field& right) {
           return is_same(left, right);
         });
}

struct Whole {
  bool is_signed;
  int bits;
};

std::optional<Whole> whole_of(FieldType type) {
  switch (type) {
    case FieldType::I8: return Whole{true, 8};
    case FieldType::I16: return Whole{true, 16};
    case FieldType::I32: return Whole{true, 32};
    case FieldType::I64: return Whole{true, 64};
    case FieldType::U8: return Whole{false, 8};
    case FieldType::U16: return Whole{false, 16};
    case FieldType::U32: return Whole{false, 32};
    case FieldType::U64: return Whole{false, 64};
    default: return std::nullopt;
  }
}

// Whether every value of one fits into the other.
bool is_widened(FieldType before, FieldType after) {
  if (before == FieldType::F32 && after == FieldType::F64) return true;
  const auto from = whole_of(before);
  if (from && after == FieldType::F64) return from->bits <= 32;
  const auto to = whole_of(after);
  if (!from || !to) return false;
  if (from->is_signed == to->is_signed) return from->bits <= to->bits;
  return !from->is_signed && from->bits < to->bits;
}

// The first field that cannot be converted by its name; empty: all can.
std::string first_misfit(const RecordSchema& before, const RecordSchema& after) {
  for (const Field& wanted : after.fields) {
    const Field* held = before.find(wanted.name);
    if (held == nullptr || (held->type != wanted.type && is_widened(held->type, wanted.type)))
      continue;
    if (held->type != wanted.type) {
      return format("{} was {} and is {}", wanted.name, name_of(held->type), name_of(wanted.type));
    }
    if (held->is_optional() && !wanted.is_optional()) {
      return format("{} was optional and is not", wanted.name);
    }
    if (wanted.type == FieldType::InlineText && wanted.size < held->size) {
      return format("{} has less room", wanted.name);
    }
    for (const Enumerator& each : held->enumerators) {
      if (std::ranges::find(wanted.enumerators, each.name, &Enumerator::name) ==
          wanted.enumerators.end()) {
        return format("{} has lost {}", wanted.name, each.name);
      }
    }
    if (!held->record || !wanted.record) continue;
    const std::string inside = first_misfit(*held->record, *wanted.record);
    if (!inside.empty()) return wanted.name + '.' + inside;
  }
  return {};
}

std::string key_text(const KeySchema& key) {
  std::string text;
  for (const KeyField& field : key.fields)
    text += format("{}{}", text.empty() ? "" : ", ", name_of(field.type));
  return text.empty() ? "nothing" : text;
}

// What no conversion bridges; empty: nothing.
std::string frame_difference(const StateForm& before, const StateForm& after) {
  if (before.kind != after.kind || before.records.size() != after.records.size()) {
    return "it is state of another kind";
  }
  const std::string keyed_before = key_text(before.key);
  const std::string keyed_after = key_text(after.key);
  if (keyed_before != keyed_after) {
    return format("its key was ({}) and is ({})", keyed_before, keyed_after);
  }
  const WindowSpec& old = before.window;
  const WindowSpec& now = after.window;
  if (old.size != now.size || old.slide != now.slide || old.offset != now.offset) {
    return format(
        "its windows were {} ms every {} ms and are {} ms every {} ms: open ones cannot "
        "be cut anew",
        old.size,
        old.slide,
        now.size,
        now.slide);
  }
  return {};
}

StateDecision compare(const LockedState& before, const LockedState& after) {
  const auto refuse = [&](std::string reason) {
    return StateDecision{after.uid, StateVerdict::Refuse, std::move(reason)};
  };
  const auto old = decode_form(before.form);
  const auto now = decode_form(after.form);
  if (!old || !now) return refuse("what the lock says about its form cannot be read");
  if (std::string difference = frame_difference(*old, *now); !difference.empty()) {
    return refuse(std::move(difference));
  }
  bool is_equal = true;
  for (std::size_t i = 0; i < old->records.size(); ++i)
    is_equal &= is_same(*old->records[i], *now->records[i]);
  if (is_equal) return {after.uid, StateVerdict::AsIs};
  if (before.version == after.version && after.version > 0) {
    return refuse(format("its layout changed and its version is still {}", after.version));
  }
  for (std::size_t i = 0; i < old->records.size(); ++i) {
    const std::string misfit = first_misfit(*old->records[i], *now->records[i]);
    if (!misfit.empty()) return refuse(misfit);
  }
  const bool is_older = after.version < before.version;
  return {after.uid,
          is_older ? StateVerdict::Down : StateVerdict::Read,
          format("version {} to {}", before.version, after.version)};
}

}  // namespace

std::string_view name_of(StateVerdict verdict) {
  return kNames.at(static_cast<std::size_t>(verdict));
}

std::optional<StateVerdict> state_verdict_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<StateVerdict>(found - kNames.begin());
}

StateDecision decide_state(const LockedState* before, const LockedState* after) {
  CHECK(before != nullptr || after != nullptr);
  if (before == nullptr) return {after->uid, StateVerdict::Begin};
  if (after == nullptr) {
    return {before->uid, StateVerdict::Refuse, "the operator is gone, and its state with it"};
  }
  return compare(*before, *after);
}

}  // namespace weir
