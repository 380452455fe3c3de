#include "state/row_copy.h"

#include <algorithm>
#include <cstring>

#include <weir/abi.h>

namespace weir {
namespace {

// weir_text and weir_bytes are alike.
static_assert(sizeof(weir_text) == sizeof(weir_bytes));

bool is_present(const std::byte* row, const std::vector<std::size_t>& presence_offsets) {
  return std::ranges::all_of(presence_offsets,
                             [&](std::size_t offset) { return row[offset] != std::byte{0}; });
}

}  // namespace

RowCopy::RowCopy(const RecordSchema& schema)
    : size_(schema.size), alignment_(std::max<std::size_t>(schema.alignment, 1)) {
  find_texts(schema, 0, {});
}

void RowCopy::find_texts(const RecordSchema& schema,
                         std::size_t offset,
                         const std::vector<std::size_t>& presence_offsets) {
  for (const Field& field : schema.fields) {
    std::vector<std::size_t> presence = presence_offsets;
    if (field.presence_offset) presence.push_back(offset + *field.presence_offset);
    if (field.type == FieldType::Record) {
      find_texts(*field.record, offset + field.offset, presence);
    } else if (field.type == FieldType::Text || field.type == FieldType::Bytes) {
      texts_.push_back({offset + field.offset, std::move(presence)});
    }
  }
}

// One piece of memory for all texts of the row. Looks at the source only: what was just written may
// not be in the cache yet, and reading it back would wait for it.
void RowCopy::copy_texts(std::byte* to, const std::byte* from, TableSet& owner) const {
  const auto text_at = [from](const Text& text) {
    weir_text view{};
    if (is_present(from, text.presence_offsets))
      std::memcpy(&view, from + text.offset, sizeof(view));
    return view;
  };
  std::size_t total = 0;
  for (const Text& text : texts_)
    total += text_at(text).size;
  char* place = total == 0 ? nullptr : static_cast<char*>(owner.allocate(total, 1));
  for (const Text& text : texts_) {
    weir_text view = text_at(text);
    if (view.size != 0) std::memcpy(place, view.data, view.size);
    view.data = view.size == 0 ? nullptr : place;
    std::memcpy(to + text.offset, &view, sizeof(view));
    place += view.size;
  }
}

}  // namespace weir
