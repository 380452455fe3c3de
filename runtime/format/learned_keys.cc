#include "format/learned_keys.h"

#include <algorithm>
#include <bit>

#include "format/json_text.h"

namespace weir {
namespace {

constexpr std::uint32_t kPatienceMin = 16;
constexpr std::uint32_t kPatienceMax = 4096;

std::string raw_key(std::string_view name) {
  std::string raw;
  append_json_text(name, raw);
  raw += ':';
  return raw;
}

std::uint64_t load(std::string_view bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), std::min<std::size_t>(bytes.size(), 8));
  return word;
}

std::uint64_t mask_of(std::size_t size) {
  return size >= 8 ? ~0ull : (1ull << 8 * size) - 1;
}

std::uint64_t hash_of(std::string_view raw) {
  const std::uint64_t tail = load(raw.substr(raw.size() - std::min<std::size_t>(raw.size(), 8)));
  const std::uint64_t mixed = (load(raw) ^ std::rotl(tail, 29) ^ raw.size()) * 0x9e3779b97f4a7c15u;
  return mixed ^ mixed >> 32;
}

}  // namespace

LearnedKeys::LearnedKeys(const std::vector<std::string>& names)
    : names_(names),
      sequence_{make_known({}, kUnknown)},
      slots_(std::bit_ceil(2 * (names.size() + kLearnedMax))),
      known_max_(names.size() + kLearnedMax),
      patience_(kPatienceMin) {
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    learn(i, raw_key(names[i]), static_cast<std::int32_t>(i));
  }
}

LearnedKeys::Known LearnedKeys::make_known(std::string_view raw, std::int32_t field) {
  Known known;
  known.field_ = field;
  known.raw_ = raw;
  if (raw.empty() || raw.size() > kWide) {
    // What is looked up begins with a byte of UTF-8, which is never this one. A zero would do for
    // keys, but not for what stands where a key is wanted.
    known.first_ = 0xff;
    known.first_mask_ = ~0ull;
  } else {
    const std::size_t second = raw.size() - std::min<std::size_t>(raw.size(), 8);
    known.first_ = load(raw);
    known.first_mask_ = mask_of(raw.size());
    known.second_ = load(raw.substr(raw.size() - second));
    known.second_mask_ = mask_of(second);
  }
  return known;
}

std::size_t LearnedKeys::slot_of(std::string_view raw) const {
  std::size_t slot = hash_of(raw) & (slots_.size() - 1);
  while (slots_[slot] != 0 && sequence_[slots_[slot] - 1].raw_ != raw) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void LearnedKeys::fill_slots() {
  std::fill(slots_.begin(), slots_.end(), 0);
  for (std::size_t i = 0; i + 1 < sequence_.size(); ++i) {
    slots_[slot_of(sequence_[i].raw_)] = static_cast<std::uint32_t>(i + 1);
  }
}

LearnedKeys::Found LearnedKeys::find(const Known* expected, std::string_view raw) {
  if (expected->raw_ == raw) return {expected->field_, expected + 1};
  const auto place = static_cast<std::uint32_t>(expected - begin());
  const std::uint32_t found = slots_[slot_of(raw)];
  if (found == 0) {
    const std::int32_t field = field_named(raw);
    if (sequence_.size() > known_max_ || raw.size() > kLearnedSizeMax) return {field, expected};
    learn(place, raw, field);
    return {field, begin() + place + 1};
  }
  Known& known = sequence_[found - 1];
  const std::int32_t field = known.field_;
  if (++known.misses_ < patience_) return {field, begin() + found};
  return {field, begin() + move(found - 1, place) + 1};
}

void LearnedKeys::learn(std::uint32_t expected, std::string_view raw, std::int32_t field) {
  sequence_.insert(sequence_.begin() + expected, make_known(raw, field));
  fill_slots();
}

// Moves a key in front of another; returns where it is now.
std::uint32_t LearnedKeys::move(std::uint32_t from, std::uint32_t to) {
  Known known = std::move(sequence_[from]);
  known.misses_ = 0;
  sequence_.erase(sequence_.begin() + from);
  if (from < to) --to;
  sequence_.insert(sequence_.begin() + to, std::move(known));
  patience_ = std::min(patience_ + 1, kPatienceMax);
  fill_slots();
  return to;
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
