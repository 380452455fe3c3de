#pragma once

#include <cstdint>

#include "base/counter.h"
#include "crash/call_sites.h"
#include "model/batch_origin.h"

namespace weir {

// What one worker's thread is doing for a job: a few plain stores for each batch and operator.
// Written by that thread; a handler of signals on it sees everything, other threads what look()
// gives.
class CallMarker final {
 public:
  CallMarker() = default;
  CallMarker(const CallMarker&) = delete;
  CallMarker& operator=(const CallMarker&) = delete;

  // Functions of `site` are called from here on; returns whose were called before. Null: none.
  const CallSite* enter(const CallSite* site) {
    const CallSite* const before = site_.get();
    site_.set(site);
    turns_.add(1);
    return before;
  }

  // Rows of that origin are worked on from here on; null: none that is known. It lives until the
  // next call.
  void set_origin(const BatchOrigin* origin) {
    origin_.set(origin);
    const bool is_known = origin != nullptr && !origin->spans.empty();
    const RecordSpan first = is_known ? origin->spans.front() : RecordSpan{};
    place_.set(first.place);
    first_.set(first.first);
    last_.set(first.last);
    turns_.add(1);
  }

  // That thread only.
  const CallSite* site() const { return site_.get(); }
  const BatchOrigin* origin() const { return origin_.get(); }

  // A call seen from outside. As long as `turn` stays the same, it is the same call and all of it
  // belongs together.
  struct Look {
    std::uint64_t turn = 0;
    const CallSite* site = nullptr;  // Null: no call is under way.
    RecordSpan span;                 // The first one of the batch; its place is null: not known.
  };
  Look look() const {
    return {turns_.value(), site_.get(), {place_.get(), first_.get(), last_.get()}};
  }

 private:
  Counter turns_;
  Published<const CallSite*> site_;
  Published<const BatchOrigin*> origin_;
  Published<const SplitPlace*> place_;
  Published<std::int64_t> first_;
  Published<std::int64_t> last_;
};

// Names an operator in a marker for as long as it lives. A null site leaves the marker alone.
class CallScope final {
 public:
  CallScope(CallMarker& marker, const CallSite* site)
      : marker_(site != nullptr ? &marker : nullptr),
        before_(site != nullptr ? marker.enter(site) : nullptr) {}
  ~CallScope() {
    if (marker_ != nullptr) marker_->enter(before_);
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

 private:
  CallMarker* marker_;
  const CallSite* before_;
};

}  // namespace weir
