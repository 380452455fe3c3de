#include "visits.h"

void count_visits(weir::Flow& flow) {
  flow.doc("visits of each page in ten seconds, and how many of them were slow");
  const auto slow_ms = flow.param("slow_ms", 1'000, "a visit that takes longer is slow");

  flow.source<Visit>("visits")
      .event_time(&Visit::at, weir::out_of_order(2s))
      .filter("known-page", [](const Visit& visit) { return !visit.page.empty(); })
      .key_by("page", &Visit::page)
      .window("ten-seconds", weir::tumbling(10s))
      .aggregate<PageState>(
          [slow_ms](PageState& state, const Visit& visit) {
            ++state.visits;
            if (visit.took_ms > slow_ms) ++state.slow;
            state.slowest_ms = std::max(state.slowest_ms, visit.took_ms);
          },
          [](const auto& key,
             weir::Window window,
             const PageState& state,
             weir::Out<PageVisits> out) {
            const auto& [page] = key;
            out({page, window.start, state.visits, state.slow, state.slowest_ms});
          })
      .sink("pages");
}
