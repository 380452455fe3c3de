#include "harness/listing.h"

#include <algorithm>

#include "base/check.h"
#include "base/format.h"

namespace weir::harness {
namespace {

weir_status fire(void*, const weir_groups* groups, weir_out* out, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < groups->count; ++i) {
    std::vector<std::vector<Input>> sides(groups->side_count);
    for (std::uint32_t side = 0; side < groups->side_count; ++side) {
      const weir_rows& rows = groups->sides[side][i];
      for (std::uint32_t row = 0; row < rows.count; ++row) {
        sides[side].push_back(input_of(side, rows.rows[row]));
        CHECK(sides[side].back().time == rows.times[row]);
        if (sides[side].back().note != kBadNote) continue;
        error->row = i;
        error->message_size = 8;
        std::copy_n("bad note", 8, error->message);
        return WEIR_FAILED;
      }
    }
    const weir_bytes& key = groups->keys[i];
    const std::string text = text_of_listing({reinterpret_cast<const char*>(key.data), key.size},
                                             groups->windows[i].start,
                                             groups->windows[i].end,
                                             sides);
    out->arena->grow(out->arena, text.size());
    std::ranges::copy(text, out->arena->next);
    *static_cast<ListingRow*>(out->reserve(out, 1)) = {{out->arena->next, text.size()}};
    out->arena->next += text.size();
    out->commit(out, 1, &i);
  }
  return WEIR_OK;
}

}  // namespace

weir_functions listing_functions() {
  weir_functions functions{};
  functions.struct_size = sizeof(weir_functions);
  functions.fire = &fire;
  return functions;
}

std::string text_of_listing(std::string_view user,
                            std::int64_t start,
                            std::int64_t end,
                            const std::vector<std::vector<Input>>& sides) {
  std::string text = format("{} [{}, {})", user, start, end);
  const char* title = " left:";
  for (const std::vector<Input>& side : sides) {
    text += title;
    title = " right:";
    for (const Input& input : side)
      text += format(" {}@{}({})", input.amount, input.time, input.note);
  }
  return text;
}

std::string text_of_listing_row(const void* row) {
  return std::string(view(static_cast<const ListingRow*>(row)->text));
}

}  // namespace weir::harness
