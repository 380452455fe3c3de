#include "crash/call_sites.h"

#include <algorithm>
#include <utility>

namespace weir {

const CallSite* CallSites::site(CallSite wanted) {
  return kept_.with([&](Kept& kept) -> const CallSite* {
    const auto found = std::find(kept.sites.begin(), kept.sites.end(), wanted);
    if (found != kept.sites.end()) return &*found;
    return &kept.sites.emplace_back(std::move(wanted));
  });
}

const SplitPlace* CallSites::place(SplitPlace wanted) {
  return kept_.with([&](Kept& kept) -> const SplitPlace* {
    const auto found =
        std::find_if(kept.places.begin(), kept.places.end(), [&](const SplitPlace& place) {
          return place.source == wanted.source && place.split == wanted.split;
        });
    if (found != kept.places.end()) return &*found;
    return &kept.places.emplace_back(std::move(wanted));
  });
}

}  // namespace weir
