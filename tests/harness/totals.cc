#include "harness/totals.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/format.h"
#include "harness/event.h"

namespace weir::harness {
namespace {

constexpr Totals kFresh = {0, 0, std::numeric_limits<std::int64_t>::max()};

weir_status refuse(weir_error* error, std::uint32_t row, std::string_view reason) {
  error->row = row;
  error->message_size = static_cast<std::uint32_t>(reason.size());
  std::ranges::copy(reason, error->message);
  return WEIR_FAILED;
}

weir_status add(void*, const weir_rows* rows, void* const* states, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    const auto& event = *static_cast<const Event*>(rows->rows[i]);
    if (event.amount == kBadAmount) return refuse(error, i, "bad amount");
    auto& totals = *static_cast<Totals*>(states[i]);
    totals.count += 1;
    totals.sum += event.amount;
    totals.min = std::min(totals.min, event.amount);
  }
  return WEIR_OK;
}

weir_status merge(
    void*, std::uint32_t count, void* const* into, const void* const* from, weir_error*) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& totals = *static_cast<Totals*>(into[i]);
    const auto& other = *static_cast<const Totals*>(from[i]);
    totals.count += other.count;
    totals.sum += other.sum;
    totals.min = std::min(totals.min, other.min);
  }
  return WEIR_OK;
}

weir_text copy(weir_arena* arena, const weir_bytes& bytes) {
  if (static_cast<std::uint64_t>(arena->end - arena->next) < bytes.size)
    arena->grow(arena, bytes.size);
  char* place = arena->next;
  std::copy_n(reinterpret_cast<const char*>(bytes.data), bytes.size, place);
  arena->next += bytes.size;
  return {place, bytes.size};
}

weir_status fire(void*, const weir_groups* groups, weir_out* out, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < groups->count; ++i) {
    const auto& totals = *static_cast<const Totals*>(groups->states[i]);
    if (totals.sum == kBadSum) return refuse(error, i, "bad sum");
    if (totals.sum % kSilentSum == 0) continue;
    const std::uint32_t copies = totals.count == kDoubleCount ? 2 : 1;
    auto* row = static_cast<TotalsRow*>(out->reserve(out, copies));
    for (std::uint32_t number = 0; number < copies; ++number) {
      row[number] = {copy(out->arena, groups->keys[i]),
                     groups->windows[i].start,
                     groups->windows[i].end,
                     totals};
    }
    const std::uint32_t sources[] = {i, i};
    out->commit(out, copies, sources);
  }
  return WEIR_OK;
}

}  // namespace

StateSchema totals_state() {
  StateSchema state;
  state.record.name = "Totals";
  state.record.size = sizeof(Totals);
  state.record.alignment = alignof(Totals);
  state.initial.resize(sizeof(Totals));
  std::memcpy(state.initial.data(), &kFresh, sizeof(Totals));
  return state;
}

weir_functions totals_functions() {
  weir_functions functions{};
  functions.struct_size = sizeof(weir_functions);
  functions.add = &add;
  functions.merge = &merge;
  functions.fire = &fire;
  return functions;
}

std::string text_of_totals(std::string_view user,
                           std::int64_t start,
                           std::int64_t end,
                           const Totals& totals) {
  return format("{} [{}, {}) {} {} {}", user, start, end, totals.count, totals.sum, totals.min);
}

std::string text_of_totals_row(const void* row) {
  const auto& made = *static_cast<const TotalsRow*>(row);
  return text_of_totals(view(made.user), made.start, made.end, made.totals);
}

}  // namespace weir::harness
