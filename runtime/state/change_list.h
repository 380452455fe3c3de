#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "state/table_layout.h"

namespace weir {

// Which entries of one table set have changed since the last barrier, and which of those that
// changed before it are still to be collected. Each entry carries a mark of the list it stands in,
// so that it is listed once however often it changes. The two lists swap marks at a barrier: an
// entry with the other mark that is about to change must be collected first.
class ChangeList final {
 public:
  struct Place {
    std::uint32_t table;
    std::uint32_t number;
  };

  // Of entries that changed since the last barrier.
  std::uint32_t mark() const { return mark_; }
  // Of those that changed before and are to be collected.
  std::uint32_t mark_to_collect() const { return mark_ ^ TableLayout::kMarks; }

  // An entry that does not have the mark is about to change. The caller marks it.
  void add(Place place) { touched_.push_back(place); }

  // A barrier. Only when nothing is left to collect.
  void begin_collection() {
    CHECK(!has_left());
    collecting_.clear();
    next_ = 0;
    if (touched_.empty()) return;
    std::swap(touched_, collecting_);
    mark_ = mark_to_collect();
    is_stored_ = true;
  }

  // Those that changed before the barrier, one by one. Entries that have lost their mark since need
  // no collecting any more.
  bool has_left() const { return next_ < collecting_.size(); }
  std::size_t left_count() const { return collecting_.size() - next_; }
  Place take() { return collecting_[next_++]; }
  // The one `ahead` of the next, for fetching it early.
  std::optional<Place> peek(std::size_t ahead) const {
    if (next_ + ahead >= collecting_.size()) return std::nullopt;
    return collecting_[next_ + ahead];
  }

  // Whether anything of the set was ever collected, or restored.
  bool is_stored() const { return is_stored_; }
  void set_stored() { is_stored_ = true; }

  void clear() {
    touched_.clear();
    collecting_.clear();
    next_ = 0;
    is_stored_ = false;
  }

 private:
  std::vector<Place> touched_;
  std::vector<Place> collecting_;
  std::size_t next_ = 0;
  std::uint32_t mark_ = TableLayout::kMarkFirst;
  bool is_stored_ = false;
};

}  // namespace weir
