#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "short_key.h"

namespace weir::limit {

// Open addressing with linear probing; at most 60 % full. Values start as `Value()`.
template <class Value>
class FlatTable final {
 public:
  struct Slot {
    ShortKey key;
    Value value;
  };

  FlatTable() : slots_(kSlotsMin) {}

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask()], 1); }

  // Valid until the next call.
  Value& at(const ShortKey& key, std::uint64_t hash) {
    for (auto at = hash & mask();; at = (at + 1) & mask()) {
      Slot& slot = slots_[at];
      if (slot.key == key) return slot.value;
      if (slot.key.is_empty()) {
        if ((used_ + 1) * 10 > slots_.size() * 6) {
          grow();
          return this->at(key, hash);
        }
        ++used_;
        slot.key = key;
        return slot.value;
      }
    }
  }

  const Value* find(const ShortKey& key, std::uint64_t hash) const {
    for (auto at = hash & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.key == key) return &slot.value;
      if (slot.key.is_empty()) return nullptr;
    }
  }

  template <class Visit>
  void each(Visit visit) const {
    for (const auto& slot : slots_) {
      if (!slot.key.is_empty()) visit(slot.key, slot.value);
    }
  }

  // Keeps the memory.
  void clear() {
    std::fill(slots_.begin(), slots_.end(), Slot());
    used_ = 0;
  }

  std::size_t size() const { return used_; }

 private:
  static constexpr std::size_t kSlotsMin = 1024;

  std::size_t mask() const { return slots_.size() - 1; }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (auto& slot : old) {
      if (slot.key.is_empty()) continue;
      auto at = slot.key.hash() & mask();
      while (!slots_[at].key.is_empty()) {
        at = (at + 1) & mask();
      }
      slots_[at] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t used_ = 0;
};

}  // namespace weir::limit
