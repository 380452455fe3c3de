// Jobs that can read no record at all: each goes to side stream `errors`, with its bytes and where
// it came from, so that a test sees what a source connector hands over.
#include <weir/sdk.h>

namespace {

struct Nothing {
  weir::Time not_there;
};
WEIR_RECORD(Nothing, not_there)

weir::Stream<Nothing> source(weir::Flow& flow, std::string_view name) {
  return flow.source<Nothing>(name).event_time(&Nothing::not_there, weir::in_order());
}

}  // namespace

WEIR_PLUGIN("unread", "1.0.0") {
  job("plays", [](weir::Flow& flow) { source(flow, "plays").sink("nothing"); });
  // One sink each: a union waits for all of its inputs.
  job("reports", [](weir::Flow& flow) {
    for (const char* stream : {"enter", "signal", "av", "courseware", "teacher", "student"})
      source(flow, stream).sink(std::string("nothing-of-") + stream);
  });
}
