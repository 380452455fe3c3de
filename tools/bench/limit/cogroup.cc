#include "cogroup.h"

#include <cstdlib>
#include <utility>

#include "scan.h"

namespace weir::limit {
namespace {

constexpr std::int64_t kSlice = 15'000;
constexpr std::int64_t kWindow = 2 * kSlice;

}  // namespace

void CoGroup::take(std::uint32_t partition, std::string_view json) {
  std::int64_t time = 0;
  bool is_frozen = false;
  std::string_view lesson;
  std::string_view user;
  int missing = 4;
  scan(parser_, json, [&](auto key, auto value) {
    if (is_key(key, "ts")) {
      time = value.get_int64().value_unsafe();
    } else if (is_key(key, "lesson")) {
      lesson = value.get_string().value_unsafe();
    } else if (is_key(key, "user")) {
      user = value.get_string().value_unsafe();
    } else if (is_key(key, "frozen")) {
      is_frozen = value.get_bool().value_unsafe();
    } else {
      return true;
    }
    return --missing > 0;
  });
  if (missing > 0) return;
  watermark_.see(partition, time);
  Pending& pending = block_[block_size_++];
  pending.key = ShortKey(lesson);
  pending.key.append(user);
  pending.hash = pending.key.hash();
  pending.slice_start = time - time % kSlice;
  pending.row = {.time = time, .is_frozen = is_frozen};
  pending.side = partition < video_from_ ? 0 : 1;
  if (block_size_ == kBlock) update_block();
}

void CoGroup::update_block() {
  for (std::size_t i = 0; i < block_size_; ++i) {
    Pending& pending = block_[i];
    const bool is_late = pending.slice_start < next_fire_;
    pending.slice = is_late ? nullptr : &slice_of(pending.slice_start);
    if (!is_late) pending.slice->table.prefetch(pending.hash);
  }
  for (std::size_t i = 0; i < block_size_; ++i) {
    const Pending& pending = block_[i];
    if (pending.slice == nullptr) continue;
    auto& chunks = pending.slice->chunks;
    auto& newest = pending.slice->table.at(pending.key, pending.hash).newest[pending.side];
    if (newest == 0 || chunks[newest - 1].used == Chunk::kRows) {
      chunks.emplace_back().before = newest;
      newest = static_cast<std::uint32_t>(chunks.size());
    }
    Chunk& chunk = chunks[newest - 1];
    chunk.rows[chunk.used++] = pending.row;
  }
  block_size_ = 0;
  fire_until(watermark_.now());
}

CoGroup::Slice& CoGroup::slice_of(std::int64_t start) {
  auto& slice = open_[start];
  if (slice == nullptr) {
    if (spare_.empty()) spare_.push_back(std::make_unique<Slice>());
    slice = std::move(spare_.back());
    spare_.pop_back();
  }
  return *slice;
}

void CoGroup::fire_until(std::int64_t watermark) {
  while (!open_.empty()) {
    const auto oldest = open_.begin()->first;
    // The window that ends with the oldest slice comes first, unless it has fired.
    const auto start = std::max(next_fire_, oldest - kSlice);
    if (start + kWindow - 1 > watermark) return;
    const auto first = open_.find(start);
    const auto second = open_.find(start + kSlice);
    fire(first == open_.end() ? nullptr : first->second.get(),
         second == open_.end() ? nullptr : second->second.get());
    next_fire_ = start + kSlice;
    if (first != open_.end()) {
      first->second->table.clear();
      first->second->chunks.clear();
      spare_.push_back(std::move(first->second));
      open_.erase(first);
    }
  }
}

void CoGroup::fire(const Slice* first, const Slice* second) {
  if (first != nullptr) {
    first->table.each([&](const ShortKey& key, const Sides& sides) {
      std::array<SideSums, 2> sums = {};
      add(*first, sides, sums);
      const Sides* more = second == nullptr ? nullptr : second->table.find(key, key.hash());
      if (more != nullptr) add(*second, *more, sums);
      emit(sums);
    });
  }
  if (second == nullptr) return;
  second->table.each([&](const ShortKey& key, const Sides& sides) {
    if (first != nullptr && first->table.find(key, key.hash()) != nullptr) return;
    std::array<SideSums, 2> sums = {};
    add(*second, sides, sums);
    emit(sums);
  });
}

void CoGroup::add(const Slice& slice, const Sides& from, std::array<SideSums, 2>& to) {
  for (std::size_t side = 0; side < 2; ++side) {
    for (auto at = from.newest[side]; at != 0; at = slice.chunks[at - 1].before) {
      const Chunk& chunk = slice.chunks[at - 1];
      for (std::uint32_t i = 0; i < chunk.used; ++i) {
        ++to[side].rows;
        to[side].time += chunk.rows[i].time;
        to[side].frozen += chunk.rows[i].is_frozen ? 1 : 0;
      }
    }
  }
}

void CoGroup::emit(const std::array<SideSums, 2>& sides) {
  ++rows_;
  drift_ += static_cast<std::uint64_t>(std::min(sides[0].frozen, sides[1].frozen));
  if (sides[0].rows > 0 && sides[1].rows > 0) {
    drift_ += static_cast<std::uint64_t>(
        std::abs(sides[0].time / sides[0].rows - sides[1].time / sides[1].rows));
  }
}

void CoGroup::finish() {
  update_block();
  fire_until(std::numeric_limits<std::int64_t>::max());
}

}  // namespace weir::limit
