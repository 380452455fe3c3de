#include "state/row_packing.h"

#include <algorithm>
#include <cstring>

#include <weir/abi.h>

namespace weir {
namespace {

template <class Number>
Number load(const std::byte* from) {
  Number number{};
  std::memcpy(&number, from, sizeof(number));
  return number;
}

}  // namespace

RowPacking::RowPacking(const RecordSchema& schema) : row_size_(schema.size) {
  add_steps(schema, 0);
}

void RowPacking::add_steps(const RecordSchema& schema, std::uint32_t offset) {
  for (const Field& field : schema.fields) {
    if (!field.presence_offset) {
      add_value(field, offset + field.offset);
      continue;
    }
    const std::size_t presence = steps_.size();
    steps_.push_back({Kind::Presence, offset + *field.presence_offset, 0});
    fixed_steps_ = steps_.size();
    add_value(field, offset + field.offset);
    steps_[presence].size = static_cast<std::uint32_t>(steps_.size() - presence - 1);
    fixed_steps_ = steps_.size();
  }
}

void RowPacking::add_value(const Field& field, std::uint32_t offset) {
  switch (field.type) {
    case FieldType::Record: return add_steps(*field.record, offset);
    case FieldType::Text:
    case FieldType::Bytes: steps_.push_back({Kind::Text, offset, field.size}); return;
    case FieldType::InlineText: steps_.push_back({Kind::InlineText, offset, field.size}); return;
    default: break;
  }
  if (steps_.size() > fixed_steps_) {
    Step& last = steps_.back();
    if (last.kind == Kind::Plain && last.offset + last.size == offset) {
      last.size += field.size;
      return;
    }
  }
  steps_.push_back({Kind::Plain, offset, field.size});
}

void RowPacking::pack(std::int64_t time, const std::byte* row, std::string& to) const {
  to += packed(time);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    const std::byte* place = row + step.offset;
    switch (step.kind) {
      case Kind::Plain: to.append(reinterpret_cast<const char*>(place), step.size); break;
      case Kind::Text: {
        const auto text = load<weir_text>(place);
        const auto size = static_cast<std::uint32_t>(text.size);
        to += packed(size);
        if (size != 0) to.append(text.data, size);
        break;
      }
      case Kind::InlineText: {
        const auto room = static_cast<std::uint16_t>(step.size - sizeof(std::uint16_t));
        const std::uint16_t size = std::min(load<std::uint16_t>(place), room);
        to += packed(size);
        to.append(reinterpret_cast<const char*>(place + sizeof(size)), size);
        break;
      }
      case Kind::Presence:
        to += *place == std::byte{0} ? '\0' : '\1';
        if (*place == std::byte{0}) i += step.size;
        break;
    }
  }
}

bool RowPacking::unpack(PackedReader& from, std::int64_t& time, std::byte* row) const {
  time = from.take<std::int64_t>();
  std::memset(row, 0, row_size_);
  for (std::size_t i = 0; i < steps_.size() && !from.is_torn(); ++i) {
    const Step& step = steps_[i];
    std::byte* place = row + step.offset;
    switch (step.kind) {
      case Kind::Plain: {
        const std::string_view bytes = from.take_bytes(step.size);
        std::copy_n(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), place);
        break;
      }
      case Kind::Text: {
        const std::string_view text = from.take_bytes(from.take<std::uint32_t>());
        const weir_text view{text.empty() ? nullptr : text.data(), text.size()};
        std::memcpy(place, &view, sizeof(view));
        break;
      }
      case Kind::InlineText: {
        const auto size = from.take<std::uint16_t>();
        if (size > step.size - sizeof(size)) return false;
        const std::string_view text = from.take_bytes(size);
        std::memcpy(place, &size, sizeof(size));
        std::copy_n(
            reinterpret_cast<const std::byte*>(text.data()), text.size(), place + sizeof(size));
        break;
      }
      case Kind::Presence:
        *place = from.take<std::byte>();
        if (*place == std::byte{0}) i += step.size;
        break;
    }
  }
  return !from.is_torn();
}

}  // namespace weir
