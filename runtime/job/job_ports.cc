#include "job/job_ports.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

constexpr std::array kStreams = {SideStream::Filtered,
                                 SideStream::Unnatural,
                                 SideStream::Late,
                                 SideStream::Timing,
                                 SideStream::Errors};

Result<SideStream> side_named(std::string_view name) {
  for (const SideStream stream : kStreams) {
    if (name_of(stream) == name) return stream;
  }
  return Error(ErrorKind::Invalid, format("unknown side stream: {}", name));
}

template <class T>
Result<std::vector<std::unique_ptr<T>>> exactly(Result<std::vector<std::unique_ptr<T>>> made,
                                                std::size_t count) {
  if (made) CHECK(made->size() == count);
  return made;
}

Result<std::unique_ptr<Source>> open_source(const SourceSpec& spec, const FindConnector& find) {
  TRY(const Connector* connector, find(spec.connector, spec.connector_plugin));
  return connector->open_source(spec.request);
}

template <class Spec>
Result<std::unique_ptr<Sink>> open_sink(const Spec& spec, const FindConnector& find) {
  TRY(const Connector* connector, find(spec.connector, spec.connector_plugin));
  return connector->open_sink(spec.request);
}

}  // namespace

Result<std::unique_ptr<JobPorts>> JobPorts::open(const JobSpec& spec, const FindConnector& find) {
  std::unique_ptr<JobPorts> ports(new JobPorts(spec));
  TRY_DO(ports->open_all(find));
  return ports;
}

Status JobPorts::open_all(const FindConnector& find) {
  for (const SourceSpec& source : spec_.sources) {
    TRY(auto opened, open_source(source, find).during("source " + source.uid));
    sources_.push_back(std::move(opened));
  }
  for (const SinkSpec& sink : spec_.sinks) {
    TRY(auto opened, open_sink(sink, find).during("sink " + sink.uid));
    sinks_.push_back(std::move(opened));
  }
  for (const SideSpec& side : spec_.sides) {
    TRY(const SideStream stream, side_named(side.stream));
    TRY(auto opened, open_sink(side, find).during("side stream " + side.stream));
    sides_[static_cast<std::size_t>(stream)] = std::move(opened);
  }
  return Done{};
}

Result<std::vector<std::unique_ptr<SourceReader>>> JobPorts::open_readers(std::size_t source,
                                                                          std::size_t workers) {
  return exactly(sources_.at(source)->open_readers(workers, {}), workers)
      .during("source " + spec_.sources[source].uid);
}

Result<std::vector<std::unique_ptr<SinkWriter>>> JobPorts::open_writers(std::size_t sink,
                                                                        std::size_t workers) {
  return exactly(sinks_.at(sink)->open_writers(workers), workers)
      .during("sink " + spec_.sinks[sink].uid);
}

Result<std::vector<SideStreams::Writers>> JobPorts::open_sides(std::size_t workers) {
  std::vector<SideStreams::Writers> sides(workers);
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (sides_[i] == nullptr) continue;
    TRY(auto writers,
        exactly(sides_[i]->open_writers(workers), workers)
            .during(format("side stream {}", name_of(kStreams[i]))));
    for (std::size_t worker = 0; worker < workers; ++worker) {
      sides[worker][i] = std::move(writers[worker]);
    }
  }
  return sides;
}

std::vector<NamedCount> JobPorts::counters() const {
  std::vector<NamedCount> all;
  const auto add = [&](const std::string& port, std::vector<NamedCount> counters) {
    for (NamedCount& counter : counters) {
      counter.name = format("{}.{}", port, counter.name);
      all.push_back(std::move(counter));
    }
  };
  for (std::size_t i = 0; i < sources_.size(); ++i)
    add(spec_.sources[i].uid, sources_[i]->counters());
  for (std::size_t i = 0; i < sinks_.size(); ++i)
    add(spec_.sinks[i].uid, sinks_[i]->counters());
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (sides_[i] != nullptr) add(format("side.{}", name_of(kStreams[i])), sides_[i]->counters());
  }
  return all;
}

bool JobPorts::has_sides() const {
  return std::any_of(
      sides_.begin(), sides_.end(), [](const auto& side) { return side != nullptr; });
}

bool JobPorts::has_side(SideStream stream) const {
  return sides_[static_cast<std::size_t>(stream)] != nullptr;
}

Status JobPorts::commit(std::size_t source, std::span<const SplitPosition> positions) {
  return sources_.at(source)->commit(positions).during("source " + spec_.sources[source].uid);
}

}  // namespace weir
