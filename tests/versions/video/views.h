// 2.0: one field for all that is known of views. `views` was a number and is a record, which no
// reading by name bridges.
#pragma once

#include "finished.h"

namespace video_versions {
namespace v2_0 {

struct Views {
  std::int64_t all = 0, finished = 0, watched_ms = 0;
};
WEIR_RECORD(Views, all, finished, watched_ms)

struct MinuteCounts {
  Views views;
  std::int64_t likes = 0, shares = 0;
  video::ViewerSketch viewers = video::empty_sketch();
};
WEIR_STATE(MinuteCounts, 3, views, likes, shares, viewers)

inline MinuteCounts from_numbers(const v1_2::MinuteCounts& old) {
  return {.views = {.all = old.views, .finished = old.finished, .watched_ms = old.watched_ms},
          .likes = old.likes,
          .shares = old.shares,
          .viewers = old.viewers};
}

inline v1_2::MinuteCounts to_numbers(const MinuteCounts& counts) {
  return {.views = counts.views.all,
          .likes = counts.likes,
          .shares = counts.shares,
          .watched_ms = counts.views.watched_ms,
          .viewers = counts.viewers,
          .finished = counts.views.finished};
}

}  // namespace v2_0

struct Rules2_0 : Rules1_2 {
  using Counts = v2_0::MinuteCounts;

  static void add(Counts& counts, const Play& play) {
    Rules1_2::Counts before = v2_0::to_numbers(counts);
    Rules1_2::add(before, play);
    counts = v2_0::from_numbers(before);
  }
  static void merge(Counts& into, const Counts& from) {
    Rules1_2::Counts before = v2_0::to_numbers(into);
    Rules1_2::merge(before, v2_0::to_numbers(from));
    into = v2_0::from_numbers(before);
  }
  static Minute to_minute(const Counts& counts) {
    return Rules1_2::to_minute(v2_0::to_numbers(counts));
  }
};

}  // namespace video_versions
