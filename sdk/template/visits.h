#pragma once

#include <weir/sdk.h>

// One record of the stream "visits".
struct Visit {
  weir::Time at;
  weir::Text page;
  weir::Optional<weir::Text> user;
  std::int32_t took_ms;
};
WEIR_RECORD(Visit, (at, "", "when the page was asked for"), page, user, (took_ms, "ms", ""))

// What is kept for each page and window. The version is raised with every change of the fields.
struct PageState {
  std::int64_t visits = 0;
  std::int64_t slow = 0;
  std::int32_t slowest_ms = 0;
};
WEIR_STATE(PageState, 1, visits, slow, slowest_ms)

// One record of the stream "pages".
struct PageVisits {
  weir::Text page;
  weir::Time from;
  std::int64_t visits;
  std::int64_t slow;
  std::int32_t slowest_ms;
};
WEIR_RECORD(PageVisits, page, from, visits, slow, slowest_ms)

// Says what the job does. The host calls it once to learn the graph, and again for every copy it
// runs.
void count_visits(weir::Flow& flow);
