// What decoding and encoding one record cost.

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <weir/abi.h>

#include "base/check.h"
#include "base/format.h"
#include "format/format.h"
#include "format/json_index.h"

namespace weir {
namespace {

// 17 fields and about 300 bytes, as tools/datagen makes them.
std::string telemetry(std::size_t i) {
  return format(
      R"-({{"app":"classroom","ver":"5.14.{}","ts":{},"seq":{},"type":"av","os":"android",)-"
      R"-("device":"Samsung Galaxy Tab S9 FE (SM-X510)","uid":"u{:09}","net":"wifi",)-"
      R"-("country":"BR","lesson":"l-{:016x}","rtt":{},"jitter":{},"label":"normal",)-"
      R"-("fps":{},"loss":{}.25,"bitrate":{}}})-",
      i % 40,
      1'700'000'000'000 + i,
      i,
      i * 7919 % 10'000,
      i * 0x9e3779b97f4a7c15u,
      i % 900,
      i % 60,
      i % 31,
      i % 100,
      200'000 + i % 3'000'000);
}

struct Telemetry {
  std::int64_t ts;
  weir_text type, uid, label;
  double loss;
};

Field make_field(std::string name, FieldType type, std::size_t offset, std::size_t size) {
  Field field{};
  field.name = std::move(name);
  field.type = type;
  field.offset = static_cast<std::uint32_t>(offset);
  field.size = static_cast<std::uint32_t>(size);
  return field;
}

#define BENCH_FIELD(record, name, type) \
  make_field(#name, FieldType::type, offsetof(record, name), sizeof(record::name))

RecordSchema telemetry_schema() {
  RecordSchema schema{};
  schema.name = "Telemetry";
  schema.size = sizeof(Telemetry);
  schema.alignment = alignof(Telemetry);
  schema.fields = {BENCH_FIELD(Telemetry, ts, Time),
                   BENCH_FIELD(Telemetry, type, Text),
                   BENCH_FIELD(Telemetry, uid, Text),
                   BENCH_FIELD(Telemetry, label, Text),
                   BENCH_FIELD(Telemetry, loss, F64)};
  return schema;
}

// A row of about 120 bytes: a label of the classroom.
struct Label {
  std::int64_t start;
  weir_text lesson, user, label;
  std::int32_t steps, cost_ms;
  double share;
};

RecordSchema label_schema() {
  RecordSchema schema{};
  schema.name = "Label";
  schema.size = sizeof(Label);
  schema.alignment = alignof(Label);
  schema.fields = {BENCH_FIELD(Label, start, Time),
                   BENCH_FIELD(Label, lesson, Text),
                   BENCH_FIELD(Label, user, Text),
                   BENCH_FIELD(Label, label, Text),
                   BENCH_FIELD(Label, steps, I32),
                   BENCH_FIELD(Label, cost_ms, I32),
                   BENCH_FIELD(Label, share, F64)};
  return schema;
}

// More than the caches hold, so that the values come from memory as in a stream.
constexpr std::size_t kValues = 200'000;
constexpr std::size_t kRows = 256;

// Values one behind the other.
class Values final {
 public:
  Values() {
    bytes_.reserve(kValues * 320);
    for (std::size_t i = 0; i < kValues; ++i) {
      bytes_ += telemetry(i);
      ends_.push_back(bytes_.size());
    }
  }

  std::string_view next() {
    if (next_ == kValues) next_ = begin_ = 0;
    const std::string_view value(bytes_.data() + begin_, ends_[next_] - begin_);
    begin_ = ends_[next_++];
    return value;
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::size_t begin_ = 0;
  std::size_t next_ = 0;
};

// What no decoder can do without.
void index_telemetry(benchmark::State& state) {
  Values values;
  JsonIndex index;
  for (auto _ : state)
    CHECK(!index.build(values.next()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(index_telemetry);

void decode_telemetry(benchmark::State& state) {
  Values values;
  const RecordSchema schema = telemetry_schema();
  const auto decoder = make_json_decoder(schema);
  std::size_t row = 0;
  auto block = std::make_unique<Block>(schema.size, kRows);
  for (auto _ : state) {
    const auto error = decoder->decode(values.next(), 0, block->row(row), *block);
    CHECK(!error);
    if (++row == kRows) {
      row = 0;
      block = std::make_unique<Block>(schema.size, kRows);
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_telemetry);

void encode_label(benchmark::State& state) {
  const RecordSchema schema = label_schema();
  const auto encoder = make_json_encoder(schema);
  const auto text = [](std::string_view view) { return weir_text{view.data(), view.size()}; };
  Label label{.start = 1'700'000'000'000,
              .lesson = text("l-00112233aabb"),
              .user = text("u000012345"),
              .label = text("entered slowly"),
              .steps = 14,
              .cost_ms = 12'345,
              .share = 0.25};
  std::string out;
  std::size_t written = 0;
  for (auto _ : state) {
    ++label.start;
    label.share += 0.25;
    out.clear();
    encoder->encode(&label, out);
    written += out.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(written) / static_cast<double>(state.iterations());
}
BENCHMARK(encode_label);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
