#include "state/table.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "base/check.h"

namespace weir {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::uint32_t kCapacityFirst = 4;
constexpr std::uint32_t kCapacityMax = 1u << 30;

// Half as much again, so that little stands empty; small ones double, to be done with it.
std::uint32_t grown(std::uint32_t capacity) {
  if (capacity == 0) return kCapacityFirst;
  CHECK(capacity < kCapacityMax, "a table of a billion keys");
  return capacity < 64 ? capacity * 2 : capacity + capacity / 2;
}

// At most seven of ten slots are taken.
std::uint32_t slots_for(std::uint32_t capacity) {
  return std::bit_ceil(static_cast<std::uint32_t>(std::uint64_t{capacity} * 10 / 7 + 1));
}

std::byte* allocate(std::size_t bytes) {
  const std::size_t rounded = (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  void* memory = std::aligned_alloc(kCacheLine, rounded);
  CHECK(memory != nullptr, "out of memory");
  return static_cast<std::byte*>(memory);
}

}  // namespace

const std::uint32_t Table::kNoSlots[1] = {0};

Table::~Table() {
  std::free(entries_);
}

Table::Table(Table&& other) noexcept {
  *this = std::move(other);
}

Table& Table::operator=(Table&& other) noexcept {
  std::swap(entries_, other.entries_);
  std::swap(index_, other.index_);
  std::swap(mask_, other.mask_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(taken_back_, other.taken_back_);
  return *this;
}

std::optional<std::uint32_t> Table::find(const TableLayout& layout,
                                         std::uint32_t hash,
                                         std::string_view key) const {
  for (std::uint32_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
    const std::uint32_t content = index_[slot];
    if (content == 0) return std::nullopt;
    if (((content ^ hash) & ~mask_) != 0) continue;
    const std::uint32_t number = (content & mask_) - 1;
    if (layout.has_key(entry(layout, number), key)) return number;
  }
}

std::uint32_t Table::insert(const TableLayout& layout, std::uint32_t hash, std::string_view key) {
  if (size_ == capacity_) reserve(layout, grown(capacity_));
  const std::uint32_t number = size_++;
  layout.make(entry(layout, number), hash, key);
  put_into_index(hash, number);
  return number;
}

void Table::put_into_index(std::uint32_t hash, std::uint32_t number) {
  std::uint32_t slot = hash & mask_;
  while (index_[slot] != 0)
    slot = (slot + 1) & mask_;
  index_[slot] = (hash & ~mask_) | (number + 1);
}

void Table::reserve(const TableLayout& layout, std::uint32_t capacity) {
  const std::uint32_t slots = slots_for(capacity);
  const std::size_t entry_bytes = capacity * layout.stride();
  const std::size_t index_bytes = slots * sizeof(index_[0]);
  std::byte* memory = allocate(entry_bytes + index_bytes);
  if (size_ > 0) std::memcpy(memory, entries_, size_ * layout.stride());
  std::free(entries_);
  entries_ = memory;
  index_ = reinterpret_cast<std::uint32_t*>(memory + entry_bytes);
  mask_ = slots - 1;
  capacity_ = capacity;
  rebuild_index(layout);
}

void Table::rebuild_index(const TableLayout& layout) {
  std::memset(index_, 0, (mask_ + std::size_t{1}) * sizeof(index_[0]));
  for (std::uint32_t number = 0; number < size_; ++number)
    put_into_index(TableLayout::hash(entry(layout, number)), number);
}

void Table::take_back(const TableLayout& layout, std::uint32_t number) {
  CHECK(number < size_ && TableLayout::is_live(entry(layout, number)));
  TableLayout::take_back(entry(layout, number));
  ++taken_back_;
}

void Table::clear() {
  size_ = 0;
  taken_back_ = 0;
  if (capacity_ > 0) std::memset(index_, 0, (mask_ + std::size_t{1}) * sizeof(index_[0]));
}

void Table::assign(const TableLayout& layout, const Table& other) {
  size_ = 0;
  if (other.empty()) return clear();
  if (capacity_ < other.size_) reserve(layout, other.capacity_);
  std::memcpy(entries_, other.entries_, other.size_ * layout.stride());
  size_ = other.size_;
  taken_back_ = other.taken_back_;
  if (mask_ != other.mask_) return rebuild_index(layout);
  std::memcpy(index_, other.index_, (mask_ + std::size_t{1}) * sizeof(index_[0]));
}

}  // namespace weir
