// The windows that tests/differential compares with Flink's. One source of rows, in one order.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <weir/sdk.h>

namespace {

struct Row {
  weir::Text k;
  std::int64_t v;
  weir::Time t;
  std::int32_t side;
};
WEIR_RECORD(Row, k, v, t, side)

struct Stats {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t min = std::numeric_limits<std::int64_t>::max();
  std::int64_t max = std::numeric_limits<std::int64_t>::min();
};
WEIR_STATE(Stats, 1, count, sum, min, max)

struct StatsRow {
  weir::Text k;
  weir::Time start, end;
  std::int64_t count, sum, min, max;
};
WEIR_RECORD(StatsRow, k, start, end, count, sum, min, max)

// Values of each side in order of size, separated by commas.
struct SidesRow {
  weir::Text k;
  weir::Time start, end;
  weir::Text left, right;
};
WEIR_RECORD(SidesRow, k, start, end, left, right)

weir::Stream<Row> rows(weir::Flow& flow) {
  return flow.source<Row>("rows").event_time(&Row::t, weir::out_of_order(5s));
}

void aggregate(weir::Flow& flow, weir::Windows windows) {
  rows(flow)
      .key_by("k", &Row::k)
      .window("window", windows)
      .aggregate<Stats>(
          [](Stats& stats, const Row& row) {
            ++stats.count;
            stats.sum += row.v;
            stats.min = std::min(stats.min, row.v);
            stats.max = std::max(stats.max, row.v);
          },
          [](Stats& into, const Stats& from) {
            into.count += from.count;
            into.sum += from.sum;
            into.min = std::min(into.min, from.min);
            into.max = std::max(into.max, from.max);
          },
          [](const auto& key, weir::Window window, const Stats& stats, weir::Out<StatsRow> out) {
            const auto& [k] = key;
            out({k, window.start, window.end, stats.count, stats.sum, stats.min, stats.max});
          })
      .sink("results");
}

std::string values(const weir::Rows<Row>& rows, std::int32_t side) {
  std::vector<std::int64_t> sorted;
  for (const Row& row : rows) {
    if (row.side == side) sorted.push_back(row.v);
  }
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const auto value : sorted) {
    if (!text.empty()) text += ',';
    text += std::to_string(value);
  }
  return text;
}

// Both sides in one stream, so that it is certain which row comes first.
void both_sides(weir::Flow& flow, weir::Windows windows) {
  rows(flow)
      .key_by("k", &Row::k)
      .window("window", windows)
      .rows([](const auto& key,
               weir::Window window,
               const weir::Rows<Row>& rows,
               weir::Out<SidesRow> out) {
        const auto& [k] = key;
        const std::string left = values(rows, 0);
        const std::string right = values(rows, 1);
        out({k, window.start, window.end, left, right});
      })
      .sink("results");
}

// Not a filter: a filtered row does not move the watermark, and here every row must.
auto side(weir::Stream<Row> rows, std::string_view name, std::int32_t side) {
  return rows
      .flat_map(name,
                [side](const Row& row, weir::Out<Row> out) {
                  if (row.side == side) out(row);
                })
      .key_by(std::string(name) + "-k", &Row::k);
}

void cogroup(weir::Flow& flow, weir::Windows windows) {
  const auto all = rows(flow);
  flow.cogroup("window",
               side(all, "left", 0),
               side(all, "right", 1),
               windows,
               [](const auto& key,
                  weir::Window window,
                  weir::Rows<Row> left,
                  weir::Rows<Row> right,
                  weir::Out<SidesRow> out) {
                 const auto& [k] = key;
                 const std::string left_values = values(left, 0);
                 const std::string right_values = values(right, 1);
                 out({k, window.start, window.end, left_values, right_values});
               })
      .sink("results");
}

}  // namespace

WEIR_PLUGIN("differential", "1.0.0") {
  job("tumbling", [](weir::Flow& flow) { aggregate(flow, weir::tumbling(7s)); });
  // One slide that divides the size and one that does not.
  job("sliding-even", [](weir::Flow& flow) { aggregate(flow, weir::sliding(10s, 5s)); });
  job("sliding-odd", [](weir::Flow& flow) { aggregate(flow, weir::sliding(9s, 2s)); });
  job("rows-even", [](weir::Flow& flow) { both_sides(flow, weir::sliding(10s, 5s)); });
  job("rows-odd", [](weir::Flow& flow) { both_sides(flow, weir::sliding(9s, 2s)); });
  job("cogroup-even", [](weir::Flow& flow) { cogroup(flow, weir::sliding(10s, 5s)); });
  job("cogroup-odd", [](weir::Flow& flow) { cogroup(flow, weir::sliding(9s, 2s)); });
}
