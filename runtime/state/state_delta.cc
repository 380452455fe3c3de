#include "state/state_delta.h"

namespace weir {

void StateDelta::put(std::int64_t section,
                     std::uint16_t group,
                     std::initializer_list<std::string_view> key,
                     std::initializer_list<std::string_view> value) {
  Entry entry{
      .section = section, .group = group, .key_size = 0, .offset = text_.size(), .value_size = 0};
  for (const std::string_view part : key)
    text_ += part;
  entry.key_size = static_cast<std::uint32_t>(text_.size() - entry.offset);
  for (const std::string_view part : value)
    text_ += part;
  entry.value_size = static_cast<std::uint32_t>(text_.size() - entry.offset - entry.key_size);
  entries_.push_back(entry);
}

void StateDelta::note(std::string_view name, std::string_view value) {
  notes_.insert_or_assign(std::string(name), std::string(value));
}

StatePlace StateDelta::place(const Entry& entry) const {
  return {.section = entry.section,
          .group = entry.group,
          .key = std::string_view(text_).substr(entry.offset, entry.key_size)};
}

std::string_view StateDelta::value(const Entry& entry) const {
  return std::string_view(text_).substr(entry.offset + entry.key_size, entry.value_size);
}

}  // namespace weir
