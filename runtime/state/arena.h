#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace weir {

// Memory that is taken bit by bit and given back as a whole. What was taken never moves. Used by
// one thread.
class Arena final {
 public:
  // `alignment` is a power of two, at most 16.
  void* allocate(std::size_t size, std::size_t alignment) {
    const auto address = reinterpret_cast<std::uintptr_t>(next_);
    const std::size_t gap = (alignment - address % alignment) % alignment;
    if (static_cast<std::size_t>(end_ - next_) < gap + size) return allocate_in_next(size);
    std::byte* place = next_ + gap;
    next_ = place + size;
    return place;
  }

  // A copy of the text.
  std::string_view copy(std::string_view text);

  // Gives everything back; the memory is used again.
  void clear();

  // Memory held, and the part of it in use.
  std::size_t bytes() const { return bytes_; }
  std::size_t bytes_used() const {
    return bytes_before_ + static_cast<std::size_t>(next_ - start_);
  }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };

  void* allocate_in_next(std::size_t size);
  void use(const Chunk& chunk);

  std::vector<Chunk> chunks_;
  std::size_t used_ = 0;  // Chunks taken into use; the last of them is the current one.
  std::size_t bytes_ = 0;
  std::size_t bytes_before_ = 0;  // Of the chunks before the current one.
  std::byte* start_ = nullptr;    // Of the current chunk.
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace weir
