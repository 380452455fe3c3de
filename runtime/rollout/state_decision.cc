#include "rollout/state_decision.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/format.h"
#include "checkpoint/state_form.h"
#include "job/state_forms.h"

namespace weir {
namespace {

constexpr std::array<std::string_view, 6> kNames = {
    "as is", "read", "migrate", "down", "begin", "refuse"};

StateDecision compare(const LockedState& before, const LockedState& after) {
  const auto refuse = [&](std::string reason) {
    return StateDecision{after.uid, StateVerdict::Refuse, std::move(reason)};
  };
  const auto found = decode_form(before.form);
  const auto needed = decode_form(after.form);
  if (!found || !needed) return refuse("what the lock says about its form cannot be read");
  const auto change = change_of_form(*found, *needed);
  if (!change) return refuse(change.error().message());
  const bool is_same =
      std::ranges::none_of(*change, [](const auto& each) { return each.has_value(); });
  if (is_same) return {after.uid, StateVerdict::AsIs};
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
