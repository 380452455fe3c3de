#include "operators/plugin_arena.h"

#include <type_traits>

#include "base/check.h"

namespace weir {

static_assert(std::is_standard_layout_v<PluginArena>);

PluginArena::PluginArena() : arena_{sizeof(weir_arena), 0, nullptr, nullptr, &PluginArena::grow} {}

weir_arena* PluginArena::open(Block& block) {
  CHECK(block_ == nullptr);
  block_ = &block;
  is_intact_ = true;
  arena_.next = block.arena_next;
  arena_.end = block.arena_end;
  return &arena_;
}

bool PluginArena::close() {
  CHECK(block_ != nullptr);
  give_back();
  block_ = nullptr;
  return is_intact_;
}

void PluginArena::grow(weir_arena* arena, std::uint64_t size) noexcept {
  auto& self = *reinterpret_cast<PluginArena*>(arena);
  self.give_back();
  self.block_->grow(size);
  arena->next = self.block_->arena_next;
  arena->end = self.block_->arena_end;
}

// What the plugin did to `end` does not count.
void PluginArena::give_back() {
  const bool is_inside = arena_.next >= block_->arena_next && arena_.next <= block_->arena_end;
  if (is_inside) block_->arena_next = arena_.next;
  is_intact_ = is_intact_ && is_inside;
}

}  // namespace weir
