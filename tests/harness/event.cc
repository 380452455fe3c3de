#include "harness/event.h"

#include <algorithm>
#include <cstddef>

#include "base/format.h"

namespace weir::harness {
namespace {

Field field(std::string name, FieldType type, std::size_t offset, std::size_t size) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  made.size = static_cast<std::uint32_t>(size);
  return made;
}

std::string_view copy(Block& block, std::string_view text) {
  char* place = block.allocate(text.size());
  std::ranges::copy(text, place);
  return {place, text.size()};
}

}  // namespace

RecordSchema event_schema() {
  RecordSchema schema;
  schema.name = "Event";
  schema.size = sizeof(Event);
  schema.alignment = alignof(Event);
  schema.fields = {field("time", FieldType::Time, offsetof(Event, time), 8),
                   field("user", FieldType::Text, offsetof(Event, user), 16),
                   field("note", FieldType::Text, offsetof(Event, note), 16),
                   field("amount", FieldType::I64, offsetof(Event, amount), 8)};
  return schema;
}

std::string text_of(const Input& input) {
  return format("[{}] {} {} {} {}", input.port, input.user, input.time, input.amount, input.note);
}

std::string text_of(const Step& step) {
  if (const auto* input = std::get_if<Input>(&step)) return text_of(*input);
  return format("until {}", std::get<Until>(step).time);
}

RowBatch batch_of(std::span<const Input> inputs) {
  RowBatch batch;
  const auto block = std::make_shared<Block>(sizeof(Event), inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Input& input = inputs[i];
    const std::string_view user = copy(*block, input.user);
    const std::string_view note = copy(*block, input.note);
    auto* event = reinterpret_cast<Event*>(block->row(i));
    *event = {input.time, {user.data(), user.size()}, {note.data(), note.size()}, input.amount};
    batch.rows.push_back(event);
    batch.times.push_back(input.time);
    batch.keys.push_back({user.data(), static_cast<std::uint32_t>(user.size()), hash_key(user)});
  }
  batch.blocks.push_back(block);
  batch.bytes = block->bytes() + vector_bytes(batch);
  return batch;
}

Input input_of(std::size_t port, const void* row) {
  const auto& event = *static_cast<const Event*>(row);
  return {
      port, event.time, std::string(view(event.user)), event.amount, std::string(view(event.note))};
}

std::string_view view(const weir_text& text) {
  return {text.data, text.size};
}

}  // namespace weir::harness
