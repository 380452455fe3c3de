#include "state/arena.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t kChunkBytesMin = 1 << 10;
constexpr std::size_t kChunkBytesMax = 1 << 20;
constexpr std::size_t kChunkAlignment = 16;  // What operator new gives.

}  // namespace

static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= kChunkAlignment);

std::string_view Arena::copy(std::string_view text) {
  char* place = static_cast<char*>(allocate(text.size(), 1));
  std::ranges::copy(text, place);
  return {place, text.size()};
}

void* Arena::allocate_in_next(std::size_t size) {
  // Chunks that were used before and are too small for this one are skipped until clear().
  while (used_ < chunks_.size() && chunks_[used_].size < size)
    bytes_before_ += chunks_[used_++].size;
  if (used_ == chunks_.size()) {
    const std::size_t doubled = chunks_.empty() ? kChunkBytesMin : chunks_.back().size * 2;
    const std::size_t chunk_size = std::max(size, std::min(doubled, kChunkBytesMax));
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(chunk_size), chunk_size});
    bytes_ += chunk_size;
  }
  use(chunks_[used_++]);
  std::byte* place = next_;
  next_ += size;
  return place;
}

void Arena::use(const Chunk& chunk) {
  bytes_before_ += static_cast<std::size_t>(end_ - start_);
  start_ = chunk.memory.get();
  next_ = start_;
  end_ = start_ + chunk.size;
}

void Arena::clear() {
  used_ = 0;
  bytes_before_ = 0;
  start_ = nullptr;
  next_ = nullptr;
  end_ = nullptr;
}

}  // namespace weir
