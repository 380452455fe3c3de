#include "flow/outlet.h"

#include <utility>

namespace weir {

Outlets::Outlets(std::vector<std::unique_ptr<Outlet>> outlets) : outlets_(std::move(outlets)) {}

void Outlets::push(StreamItem item) {
  if (outlets_.empty()) return;
  for (std::size_t i = 0; i + 1 < outlets_.size(); ++i)
    outlets_[i]->push(item);
  outlets_.back()->push(std::move(item));
}

// Every outlet gets its turn: one that is full must not keep a barrier from the others, or two
// stages could wait for each other.
Result<bool> Outlets::drain() {
  bool is_clear = true;
  for (const auto& outlet : outlets_) {
    TRY(const bool is_outlet_clear, outlet->drain());
    is_clear &= is_outlet_clear;
  }
  return is_clear;
}

}  // namespace weir
