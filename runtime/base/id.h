#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace weir {

// A number with a meaning: ids of different tags do not mix, and none mixes with plain numbers.
//   using Epoch = Id<struct EpochTag, std::uint64_t>;
template <class Tag, class Rep>
class Id final {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr Id next() const { return Id(static_cast<Rep>(value_ + 1)); }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  Rep value_ = {};
};

}  // namespace weir

template <class Tag, class Rep>
struct std::hash<weir::Id<Tag, Rep>> {
  std::size_t operator()(weir::Id<Tag, Rep> id) const { return std::hash<Rep>()(id.value()); }
};
