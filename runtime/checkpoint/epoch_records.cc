#include "checkpoint/epoch_records.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "checkpoint/image_layout.h"

namespace weir {
namespace {

std::uint64_t start_of(std::string_view key) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < sizeof(start); ++i)
    start = (start << 8) | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  return start;
}

}  // namespace

EpochRecords::EpochRecords(const EpochDelta& delta,
                           const ImageMetadata& metadata,
                           const LayoutsByUid& layouts)
    : delta_(delta), known_(metadata), next_number_(metadata.next_number()) {
  take_metadata(layouts);
  take_entries();
}

EpochRecords::Numbered& EpochRecords::numbered(const std::string& uid,
                                               const LayoutsByUid& layouts) {
  const auto [found, is_new] = operators_.try_emplace(uid);
  Numbered& numbered = found->second;
  if (!is_new) return numbered;
  if (const auto number = known_.number_of(uid)) {
    numbered.number = *number;
    numbered.stored = known_.operators().at(*number);
  } else {
    numbered.number = next_number_++;
    numbered.stored.uid = uid;
    numbered.is_changed = true;
  }
  const auto layout = layouts.find(uid);
  auto& stored = numbered.stored.layouts;
  auto found_layout = stored.empty() ? stored.end() : std::prev(stored.end());
  if (layout != layouts.end()) {
    found_layout = std::ranges::find(stored, layout->second);
    if (found_layout == stored.end()) {
      found_layout = stored.insert(stored.end(), layout->second);
      numbered.is_changed = true;
    }
  }
  CHECK(stored.size() <= std::numeric_limits<std::uint8_t>::max());
  const auto place = found_layout == stored.end() ? 0 : found_layout - stored.begin() + 1;
  numbered.layout = static_cast<std::uint8_t>(place);
  return numbered;
}

void EpochRecords::take_metadata(const LayoutsByUid& layouts) {
  std::map<std::pair<std::uint32_t, std::string>, std::vector<std::string>> notes;
  std::vector<StoredDrop> drops;
  for (const OperatorDelta& changed : delta_.operators) {
    if (changed.delta.empty()) continue;
    const std::uint32_t number = numbered(changed.uid, layouts).number;
    for (const StateDelta::Drop& drop : changed.delta.drops())
      drops.push_back({number, drop});
    for (const auto& [name, value] : changed.delta.notes())
      notes[{number, name}].push_back(value);
  }
  metadata_.push_back(encode_head({.epoch = delta_.epoch, .positions = delta_.positions}));
  if (known_.is_restored()) metadata_.push_back(encode_restored(false));
  if (!drops.empty() || !known_.drops().empty()) metadata_.push_back(encode_drops(drops));
  for (const auto& [uid, each] : operators_) {
    if (each.is_changed) metadata_.push_back(encode_operator(each.number, each.stored));
  }
  for (const auto& [name, values] : notes)
    metadata_.push_back(encode_note(name.first, name.second, values));
}

void EpochRecords::take_entries() {
  std::size_t count = 0;
  for (const OperatorDelta& changed : delta_.operators)
    count += changed.delta.entries().size();
  entries_.reserve(count);
  for (std::uint32_t i = 0; i < delta_.operators.size(); ++i) {
    const OperatorDelta& changed = delta_.operators[i];
    const auto found = operators_.find(changed.uid);
    if (found == operators_.end()) continue;
    const Numbered& by = found->second;
    for (std::uint32_t j = 0; j < changed.delta.entries().size(); ++j) {
      const StateDelta::Entry& entry = changed.delta.entries()[j];
      entries_.push_back({.key_start = start_of(changed.delta.place(entry).key),
                          .section = entry.section,
                          .operator_number = by.number,
                          .delta = i,
                          .entry = j,
                          .group = entry.group,
                          .layout = by.layout});
    }
  }
  const auto place_order = [](const Entry& entry) {
    return std::tie(entry.operator_number, entry.section, entry.group, entry.key_start);
  };
  std::sort(entries_.begin(), entries_.end(), [&](const Entry& left, const Entry& right) {
    if (const auto order = place_order(left) <=> place_order(right); order != 0) return order < 0;
    if (const int order = place(left).key.compare(place(right).key); order != 0) return order < 0;
    return std::tie(left.delta, left.entry) < std::tie(right.delta, right.entry);
  });
  // Of several puts for one place the last one counts.
  const auto last = std::unique(entries_.rbegin(), entries_.rend(), [&](auto& left, auto& right) {
    return place_order(left) == place_order(right) && place(left).key == place(right).key;
  });
  entries_.erase(entries_.begin(), last.base());
}

StatePlace EpochRecords::place(const Entry& entry) const {
  const StateDelta& delta = delta_.operators[entry.delta].delta;
  return delta.place(delta.entries()[entry.entry]);
}

std::string_view EpochRecords::value(const Entry& entry) const {
  const StateDelta& delta = delta_.operators[entry.delta].delta;
  return delta.value(delta.entries()[entry.entry]);
}

}  // namespace weir
