#include "state/state_delta.h"

#include <algorithm>

namespace weir {

namespace {

// Small deltas stay small; in large ones nothing is ever moved.
constexpr std::size_t kChunkBytesMin = std::size_t{4} << 10;
constexpr std::size_t kChunkBytesMax = std::size_t{256} << 10;

std::size_t size_of(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts)
    size += part.size();
  return size;
}

}  // namespace

void StateDelta::put(std::int64_t section,
                     std::uint16_t group,
                     std::initializer_list<std::string_view> key,
                     std::initializer_list<std::string_view> value) {
  const std::size_t key_size = size_of(key);
  const std::size_t value_size = size_of(value);
  if (texts_.empty() || texts_.back().capacity() - texts_.back().size() < key_size + value_size) {
    const std::size_t usual = texts_.size() < 6 ? kChunkBytesMin << texts_.size() : kChunkBytesMax;
    texts_.emplace_back().reserve(std::max(usual, key_size + value_size));
  }
  std::string& text = texts_.back();
  entries_.push_back({.section = section,
                      .group = group,
                      .key_size = static_cast<std::uint32_t>(key_size),
                      .chunk = static_cast<std::uint32_t>(texts_.size() - 1),
                      .offset = static_cast<std::uint32_t>(text.size()),
                      .value_size = static_cast<std::uint32_t>(value_size)});
  for (const std::string_view part : key)
    text += part;
  for (const std::string_view part : value)
    text += part;
  text_bytes_ += key_size + value_size;
}

void StateDelta::note(std::string_view name, std::string_view value) {
  notes_.insert_or_assign(std::string(name), std::string(value));
}

StatePlace StateDelta::place(const Entry& entry) const {
  return {.section = entry.section,
          .group = entry.group,
          .key = std::string_view(texts_[entry.chunk]).substr(entry.offset, entry.key_size)};
}

std::string_view StateDelta::value(const Entry& entry) const {
  return std::string_view(texts_[entry.chunk])
      .substr(std::size_t{entry.offset} + entry.key_size, entry.value_size);
}

}  // namespace weir
