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

template <class Spec>
Result<const Connector*> connector_of(const Spec& spec, const FindConnector& find) {
  return find(spec.connector, spec.connector_plugin);
}

// None when it is part of the transaction.
template <class Spec>
Result<std::unique_ptr<Sink>> open_sink(const Spec& spec, const FindConnector& find) {
  TRY(const Connector* connector, connector_of(spec, find));
  if (connector->delivery_of(spec.request) == Delivery::Transactional) return nullptr;
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
    const std::string what = "source " + source.uid;
    TRY(const Connector* connector, connector_of(source, find).during(what));
    TRY(auto opened, connector->open_source(source.request).during(what));
    sources_.push_back(std::move(opened));
    source_owners_.push_back(connector);
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
  return open_transaction(find);
}

// Of what open_sink() left out.
Status JobPorts::open_transaction(const FindConnector& find) {
  std::vector<PortRequest> requests;
  std::vector<std::unique_ptr<Sink>*> places;
  const auto add = [&](const auto& spec, std::unique_ptr<Sink>& place) -> Status {
    if (place != nullptr) return Done{};
    TRY(const Connector* connector, connector_of(spec, find));
    if (transactional_ != nullptr && transactional_ != connector) {
      return Error(ErrorKind::Invalid, "exactly-once sinks of two connectors in one job");
    }
    transactional_ = connector;
    requests.push_back(spec.request);
    places.push_back(&place);
    return Done{};
  };
  for (std::size_t i = 0; i < sinks_.size(); ++i)
    TRY_DO(add(spec_.sinks[i], sinks_[i]));
  for (const SideSpec& side : spec_.sides) {
    TRY(const SideStream stream, side_named(side.stream));
    TRY_DO(add(side, sides_[static_cast<std::size_t>(stream)]));
  }
  if (transactional_ == nullptr) return Done{};
  std::vector<PortRequest> sources;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (source_owners_[i] == transactional_) sources.push_back(spec_.sources[i].request);
  }
  TRY(auto opened,
      transactional_->open_transaction(requests, sources).during("open the transaction"));
  CHECK(opened.sinks.size() == places.size());
  transaction_ = std::move(opened.transaction);
  for (std::size_t i = 0; i < places.size(); ++i)
    *places[i] = std::move(opened.sinks[i]);
  return Done{};
}

Result<std::vector<std::unique_ptr<SourceReader>>> JobPorts::open_readers(
    std::size_t source, std::size_t workers, std::span<const SplitPosition> at) {
  return exactly(sources_.at(source)->open_readers(workers, at), workers)
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

bool JobPorts::is_transactional(std::size_t sink) const {
  return sinks_[sink]->delivery() == Delivery::Transactional;
}

bool JobPorts::is_transactional(SideStream stream) const {
  return has_side(stream) &&
         sides_[static_cast<std::size_t>(stream)]->delivery() == Delivery::Transactional;
}

std::vector<SinkStatus> JobPorts::deliveries() const {
  std::vector<SinkStatus> found;
  for (std::size_t i = 0; i < sinks_.size(); ++i)
    found.push_back({spec_.sinks[i].uid, sinks_[i]->delivery()});
  for (std::size_t i = 0; i < kSideStreams; ++i) {
    if (sides_[i] == nullptr) continue;
    found.push_back({format("side.{}", name_of(kStreams[i])), sides_[i]->delivery()});
  }
  return found;
}

Status JobPorts::commit(std::size_t source, std::span<const SplitPosition> positions) {
  if (source_owners_.at(source) == transactional_) return Done{};
  return sources_.at(source)->commit(positions).during("source " + spec_.sources[source].uid);
}

}  // namespace weir
