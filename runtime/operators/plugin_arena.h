#pragma once

#include <weir/abi.h>

#include "model/row_batch.h"

namespace weir {

// Lends a block's text room to a plugin as a weir_arena. Owned by an operator, for one call at a
// time.
class PluginArena final {
 public:
  PluginArena();
  PluginArena(const PluginArena&) = delete;
  PluginArena& operator=(const PluginArena&) = delete;

  // From here to close() the block's text room is the plugin's. The block outlives that.
  weir_arena* open(Block& block);

  // Gives the room back. False when the plugin moved the pointers where they cannot be.
  [[nodiscard]] bool close();

 private:
  static void grow(weir_arena* arena, std::uint64_t size) noexcept;
  void give_back();

  weir_arena arena_;  // First, so that grow() finds its object.
  Block* block_ = nullptr;
  bool is_intact_ = true;
};

}  // namespace weir
