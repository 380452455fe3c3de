// The jobs of the benchmark as a plugin: the same as those of tools/bench/flink and
// tools/bench/limit.

#include <algorithm>
#include <cstdlib>
#include <limits>

#include <weir/sdk.h>

#include "memory.h"

namespace bench {

struct Telemetry {
  weir::Time ts;
  weir::Text type;
  weir::Text uid;
  double loss;
};
WEIR_RECORD(Telemetry, ts, type, uid, loss)

struct LossStats {
  std::int64_t count = 0;
  double sum = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
};
WEIR_STATE(LossStats, 1, count, sum, min, max)

struct LossRow {
  weir::Text uid;
  weir::Time window_start;
  std::int64_t count;
  double sum, min, max;
};
WEIR_RECORD(LossRow, uid, window_start, count, sum, min, max)

struct Quality {
  weir::Time ts;
  weir::Text lesson, user;
  bool frozen;
};
WEIR_RECORD(Quality, ts, lesson, user, frozen)

struct DriftRow {
  weir::Text user;
  std::int64_t audio, video, drift_ms, frozen;
};
WEIR_RECORD(DriftRow, user, audio, video, drift_ms, frozen)

void loss_by_user(weir::Flow& flow, weir::Windows windows) {
  flow.source<Telemetry>("telemetry")
      .event_time(&Telemetry::ts, weir::out_of_order(5s))
      .filter("av", [](const Telemetry& row) { return row.type == "av"; })
      .key_by("uid", &Telemetry::uid)
      .window("loss", windows)
      .aggregate<LossStats>(
          [](LossStats& stats, const Telemetry& row) {
            ++stats.count;
            stats.sum += row.loss;
            stats.min = std::min(stats.min, row.loss);
            stats.max = std::max(stats.max, row.loss);
          },
          [](LossStats& into, const LossStats& from) {
            into.count += from.count;
            into.sum += from.sum;
            into.min = std::min(into.min, from.min);
            into.max = std::max(into.max, from.max);
          },
          [](const auto& key, weir::Window window, const LossStats& stats, weir::Out<LossRow> out) {
            const auto& [uid] = key;
            out({uid, window.start, stats.count, stats.sum, stats.min, stats.max});
          })
      .sink("rows");
}

struct Side {
  std::int64_t time = 0;
  std::int64_t frozen = 0;

  explicit Side(const weir::Rows<Quality>& rows) {
    for (const auto& row : rows) {
      time += row.ts.milliseconds;
      frozen += row.frozen ? 1 : 0;
    }
  }
};

void drift_by_user(weir::Flow& flow) {
  const auto by_user = [](const Quality& row) { return weir::key(row.lesson, row.user); };
  const auto audio = flow.source<Quality>("audio")
                         .event_time(&Quality::ts, weir::out_of_order(5s))
                         .key_by("audio-user", by_user);
  const auto video = flow.source<Quality>("video")
                         .event_time(&Quality::ts, weir::out_of_order(5s))
                         .key_by("video-user", by_user);
  flow.cogroup("drift",
               audio,
               video,
               weir::sliding(30s, 15s),
               [](const auto& key,
                  weir::Window,
                  weir::Rows<Quality> audios,
                  weir::Rows<Quality> videos,
                  weir::Out<DriftRow> out) {
                 const auto& [lesson, user] = key;
                 std::string name(lesson);
                 name += user.view();
                 const Side audio_side(audios);
                 const Side video_side(videos);
                 const auto audio_rows = static_cast<std::int64_t>(audios.size());
                 const auto video_rows = static_cast<std::int64_t>(videos.size());
                 std::int64_t drift = 0;
                 if (!audios.empty() && !videos.empty()) {
                   drift = std::abs(audio_side.time / audio_rows - video_side.time / video_rows);
                 }
                 out({name,
                      audio_rows,
                      video_rows,
                      drift,
                      std::min(audio_side.frozen, video_side.frozen)});
               })
      .sink("rows");
}

}  // namespace bench

WEIR_PLUGIN("bench", "1.0.0") {
  doc("the jobs and the source of the benchmark");
  job("tumble", [](weir::Flow& flow) { bench::loss_by_user(flow, weir::tumbling(30s)); });
  // Windows of 10 s with more and more of them over each other; `overlap-1` does not overlap.
  job("overlap-1", [](weir::Flow& flow) { bench::loss_by_user(flow, weir::tumbling(10s)); });
  job("overlap-2", [](weir::Flow& flow) { bench::loss_by_user(flow, weir::sliding(10s, 5s)); });
  job("overlap-10", [](weir::Flow& flow) { bench::loss_by_user(flow, weir::sliding(10s, 1s)); });
  job("overlap-100",
      [](weir::Flow& flow) { bench::loss_by_user(flow, weir::sliding(10s, 100ms)); });
  job("overlap-1000",
      [](weir::Flow& flow) { bench::loss_by_user(flow, weir::sliding(10s, 10ms)); });
  job("cogroup", bench::drift_by_user);
  source_connector<bench::Memory>("memory", {.doc = "files held in memory"});
}
