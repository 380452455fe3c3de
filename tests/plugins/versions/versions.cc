// One plugin in several versions, for tests of swaps. Each row says which version made it.
//
//   1.0  stamps every event, and sums them by user
//   1.1  the same with other logic: what it makes of an event differs
//   1.2  keeps one field more, and its totals have one more
//   2.0  keeps something that cannot be made of what the others kept
//   9.1  refuses every event
#include <cstdint>
#include <stdexcept>

#include <weir/sdk.h>

#ifndef VERSION
#error "VERSION is 10, 11, 12, 20 or 91"
#endif

namespace {

constexpr std::int64_t kVersion = VERSION;
constexpr const char* kName = VERSION == 10   ? "1.0.0"
                              : VERSION == 11 ? "1.1.0"
                              : VERSION == 12 ? "1.2.0"
                              : VERSION == 20 ? "2.0.0"
                                              : "9.1.0";

struct Event {
  weir::Time tm;
  weir::Text user;
  std::int64_t number;  // Each has its own.
};
WEIR_RECORD(Event, tm, user, number)

struct Stamped {
  weir::Time tm;
  weir::Text user;
  std::int64_t number;
  std::int64_t version;
  std::int64_t scale;
};
WEIR_RECORD(Stamped, tm, user, number, version, scale)

#if VERSION == 12
struct Sum {
  std::int32_t records = 0;
  std::int64_t numbers = 0;
  std::int64_t versions = 0;
};
WEIR_STATE(Sum, 2, records, numbers, versions)
#elif VERSION == 20
struct Sum {
  double numbers = 0;
  double versions = 0;
};
WEIR_STATE(Sum, 3, numbers, versions)
#else
struct Sum {
  std::int64_t numbers = 0;
  std::int64_t versions = 0;
};
WEIR_STATE(Sum, 1, numbers, versions)
#endif

struct Total {
  weir::Time window_start;
  weir::Text user;
  std::int64_t numbers;
  std::int64_t versions;
  std::int64_t fired_by;
#if VERSION == 12
  std::int64_t records;
#endif
};
#if VERSION == 12
WEIR_RECORD(Total, window_start, user, numbers, versions, fired_by, records)
#else
WEIR_RECORD(Total, window_start, user, numbers, versions, fired_by)
#endif

void sums(weir::Flow& flow) {
  const auto scale = flow.param("scale", 1, "goes into every row");
  const auto stamped = flow.source<Event>("events")
                           .event_time(&Event::tm, weir::out_of_order(1s))
                           .flat_map("stamp", [scale](const Event& event, weir::Out<Stamped> out) {
                             if (kVersion == 91) throw std::runtime_error("nothing is good enough");
                             out({event.tm, event.user, event.number, kVersion, scale});
                           });
  stamped.sink("raw");
  stamped.key_by("user", &Stamped::user)
      .window("sums", weir::tumbling(1s))
      .aggregate<Sum>(
          [](Sum& sum, const Stamped& row) {
            sum.numbers += row.number;
            sum.versions += row.version;
#if VERSION == 12
            ++sum.records;
#endif
          },
          [](const auto& key, weir::Window window, const Sum& sum, weir::Out<Total> out) {
            const auto& [user] = key;
            out({
              window.start, user, static_cast<std::int64_t>(sum.numbers),
                  static_cast<std::int64_t>(sum.versions), kVersion
#if VERSION == 12
                  ,
                  sum.records
#endif
            });
          })
      .sink("totals");
}

}  // namespace

WEIR_PLUGIN("versions", kName) {
  job("sums", sums);
}
