#include "connectors/kafka/port.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <semaphore>

#include "base/check.h"
#include "base/clock.h"

namespace weir::kafka {
namespace {

constexpr auto kPatience = std::chrono::seconds(40);

class Keeper final : public RecordIntake {
 public:
  Keeper(std::vector<Kept>& kept, std::span<const Split> splits) : kept_(kept), splits_(splits) {}

  void take(const RawRecord& record) override {
    Kept kept = {splits_[record.split].name,
                 record.offset,
                 record.timestamp,
                 std::string(record.key),
                 std::string(record.value),
                 record.has_key,
                 record.has_value,
                 {}};
    for (const auto& [name, value] : record.headers)
      kept.headers.emplace_back(name, value);
    kept_.push_back(std::move(kept));
  }

 private:
  std::vector<Kept>& kept_;
  std::span<const Split> splits_;
};

// Splits grow in the first step of a poll, so they are looked up as late as possible.
class LateKeeper final : public RecordIntake {
 public:
  LateKeeper(std::vector<Kept>& kept, const SourceReader& reader) : kept_(kept), reader_(reader) {}
  void take(const RawRecord& record) override { Keeper(kept_, reader_.splits()).take(record); }

 private:
  std::vector<Kept>& kept_;
  const SourceReader& reader_;
};

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const SystemClock clock;
  const auto deadline = clock.monotonic_now() + kPatience;
  std::binary_semaphore never(0);  // The pause of a worker that found nothing to do.
  while (!condition()) {
    if (clock.monotonic_now() > deadline) return false;
    static_cast<void>(never.try_acquire_for(std::chrono::milliseconds(1)));
  }
  return true;
}

std::int64_t now_ms() {
  return SystemClock().wall_now().time_since_epoch().count();
}

std::string rfc3339(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm fields = {};
  gmtime_r(&seconds, &fields);
  std::array<char, 32> text = {};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields);
  return std::string(text.data(), size);
}

SourceRun::SourceRun(const PortRequest& request,
                     std::size_t readers,
                     const std::vector<SplitPosition>& restored)
    : connector_(make_kafka_connector(Log(log_, "test"))) {
  auto source = connector_->open_source(request);
  if (!source) {
    failure_ = source.error();
    return;
  }
  source_ = *std::move(source);
  auto opened = source_->open_readers(readers, restored);
  if (!opened) {
    failure_ = opened.error();
  } else {
    readers_ = *std::move(opened);
  }
}

void SourceRun::step(std::size_t records_max) {
  for (const auto& reader : readers_) {
    if (failure_) return;
    LateKeeper keeper(records_, *reader);
    const std::size_t before = records_.size();
    const auto count = reader->poll(records_max, keeper);
    if (!count) {
      failure_ = count.error();
    } else {
      CHECK(*count == records_.size() - before && *count <= records_max);
    }
  }
}

bool SourceRun::read(std::size_t count) {
  return eventually([&] {
    step();
    return failure_ || records_.size() >= count;
  });
}

bool SourceRun::read_to_end() {
  return eventually([&] {
    step();
    return failure_ || has_ended();
  });
}

bool SourceRun::has_ended() const {
  return std::all_of(
      readers_.begin(), readers_.end(), [](const auto& reader) { return reader->has_ended(); });
}

bool SourceRun::knows_splits() const {
  return std::all_of(
      readers_.begin(), readers_.end(), [](const auto& reader) { return reader->knows_splits(); });
}

std::vector<std::string> SourceRun::values() const {
  std::vector<std::string> values;
  for (const Kept& record : records_)
    values.push_back(record.value);
  return values;
}

std::vector<SplitPosition> SourceRun::positions() const {
  std::vector<SplitPosition> all;
  for (const auto& reader : readers_) {
    for (auto& position : reader->positions())
      all.push_back(std::move(position));
  }
  return all;
}

std::map<std::string, Split> SourceRun::splits() const {
  std::map<std::string, Split> all;
  for (const auto& reader : readers_) {
    for (const Split& split : reader->splits())
      CHECK(all.emplace(split.name, split).second);
  }
  return all;
}

SinkRun::SinkRun(const PortRequest& request, std::size_t writers)
    : connector_(make_kafka_connector(Log(log_, "test"))) {
  auto sink = connector_->open_sink(request);
  CHECK(sink.has_value());
  sink_ = *std::move(sink);
  auto opened = sink_->open_writers(writers);
  if (!opened) {
    failure_ = opened.error();
  } else {
    writers_ = *std::move(opened);
  }
}

bool SinkRun::write(std::size_t writer, const std::vector<OutMessage>& messages) {
  std::span<const OutMessage> left = messages;
  const bool is_written = eventually([&] {
    const auto taken = writers_[writer]->write(left);
    if (!taken) {
      failure_ = taken.error();
      return true;
    }
    left = left.subspan(*taken);
    return left.empty();
  });
  return is_written && !failure_ && flush(writer);
}

bool SinkRun::flush(std::size_t writer) {
  const bool is_flushed = eventually([&] {
    const auto flushed = writers_[writer]->flush();
    if (!flushed) failure_ = flushed.error();
    return !flushed || *flushed == Flush::Complete;
  });
  return is_flushed && !failure_;
}

}  // namespace weir::kafka
