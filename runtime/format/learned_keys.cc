#include "format/learned_keys.h"

#include <algorithm>

#include "format/json_text.h"

namespace weir {
namespace {

std::string raw_key(std::string_view name) {
  std::string raw;
  append_json_text(name, raw);
  raw += ':';
  return raw;
}

std::uint64_t hash_of(const TextEnds& ends, std::size_t size) {
  const std::uint64_t mixed = (ends.head ^ std::rotl(ends.tail, 29) ^ size) * 0x9e3779b97f4a7c15u;
  return mixed ^ mixed >> 32;
}

}  // namespace

LearnedKeys::LearnedKeys(const std::vector<std::string>& names)
    : names_(names), known_(1), known_max_(1 + names.size() + kLearnedMax) {
  slots_.resize(std::bit_ceil(2 * known_max_));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string raw = raw_key(names[i]);
    add(raw, static_cast<std::int32_t>(i), slot_of(raw.data(), raw.size()));
  }
  for (std::size_t i = 0; i + 1 < known_.size(); ++i) {
    known_[i].next = static_cast<std::uint32_t>(i + 1);
  }
}

std::size_t LearnedKeys::slot_of(const char* raw, std::size_t size) const {
  std::size_t slot = hash_of(TextEnds::of(raw, size), size) & (slots_.size() - 1);
  while (slots_[slot] != 0 && !is_equal(known_[slots_[slot]], raw, size)) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void LearnedKeys::add(std::string_view raw, std::int32_t field, std::size_t slot) {
  slots_[slot] = static_cast<std::uint32_t>(known_.size());
  known_.push_back({.ends = TextEnds::of(raw.data(), raw.size()),
                    .size = static_cast<std::uint32_t>(raw.size()),
                    .field = field,
                    .next = 0,
                    .raw = std::string(raw)});
}

std::int32_t LearnedKeys::find_unexpected(const char* raw, std::size_t size) {
  const std::size_t slot = slot_of(raw, size);
  if (slots_[slot] == 0) return learn({raw, size}, slot);
  known_[previous_].next = slots_[slot];
  previous_ = slots_[slot];
  return known_[previous_].field;
}

std::int32_t LearnedKeys::learn(std::string_view raw, std::size_t slot) {
  const std::int32_t field = field_named(raw);
  if (known_.size() == known_max_ || raw.size() > kLearnedSizeMax) return field;
  add(raw, field, slot);
  known_[previous_].next = slots_[slot];
  previous_ = slots_[slot];
  return field;
}

// Fields are known in their plain spelling from the start: any other may be a field as well.
std::int32_t LearnedKeys::field_named(std::string_view raw) const {
  const bool is_plain = raw[raw.size() - 2] == '"' && raw.find('\\') == std::string_view::npos;
  if (is_plain) return kUnknown;
  const std::string_view quoted = raw.substr(0, raw.rfind('"') + 1);
  std::string name;
  if (!read_json_text(quoted, name)) return kUnknown;
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? kUnknown : static_cast<std::int32_t>(found - names_.begin());
}

}  // namespace weir
