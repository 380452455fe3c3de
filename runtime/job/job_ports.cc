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

bool is_transactional(const Connector& connector, const PortRequest& request) {
  return connector.delivery_of(request) == Delivery::Transactional;
}

// None when it is part of the transaction.
Result<std::unique_ptr<Sink>> open_sink(const Connector& connector, const PortRequest& request) {
  if (is_transactional(connector, request)) return nullptr;
  return connector.open_sink(request);
}

}  // namespace

Result<std::unique_ptr<JobPorts>> JobPorts::find(const JobSpec& spec, const FindConnector& find) {
  std::unique_ptr<JobPorts> ports(new JobPorts(spec));
  TRY_DO(ports->find_all(find));
  return ports;
}

Status JobPorts::find_all(const FindConnector& find) {
  const auto add = [&](const auto& spec, std::vector<const Connector*>& owners) -> Status {
    TRY(const Connector* connector, find(spec.connector, spec.connector_plugin));
    owners.push_back(connector);
    return Done{};
  };
  for (const SourceSpec& source : spec_.sources)
    TRY_DO(add(source, source_owners_).during("source " + source.uid));
  for (const SinkSpec& sink : spec_.sinks)
    TRY_DO(add(sink, sink_owners_).during("sink " + sink.uid));
  for (const SideSpec& side : spec_.sides) {
    TRY(const SideStream stream, side_named(side.stream));
    side_streams_.push_back(stream);
    TRY_DO(add(side, side_owners_).during("side stream " + side.stream));
  }
  return Done{};
}

bool JobPorts::keeps_state() const {
  for (std::size_t i = 0; i < spec_.sources.size(); ++i) {
    if (source_owners_[i]->remembers_positions(spec_.sources[i].request)) return true;
  }
  for (std::size_t i = 0; i < spec_.sinks.size(); ++i) {
    if (weir::is_transactional(*sink_owners_[i], spec_.sinks[i].request)) return true;
  }
  for (std::size_t i = 0; i < spec_.sides.size(); ++i) {
    if (weir::is_transactional(*side_owners_[i], spec_.sides[i].request)) return true;
  }
  return false;
}

Status JobPorts::open(JobOwner& owner) {
  for (std::size_t i = 0; i < spec_.sources.size(); ++i) {
    const SourceSpec& source = spec_.sources[i];
    TRY(auto opened, source_owners_[i]->open_source(source.request).during("source " + source.uid));
    sources_.push_back(std::move(opened));
  }
  for (std::size_t i = 0; i < spec_.sinks.size(); ++i) {
    const SinkSpec& sink = spec_.sinks[i];
    TRY(auto opened, open_sink(*sink_owners_[i], sink.request).during("sink " + sink.uid));
    sinks_.push_back(std::move(opened));
  }
  for (std::size_t i = 0; i < spec_.sides.size(); ++i) {
    const SideSpec& side = spec_.sides[i];
    TRY(auto opened,
        open_sink(*side_owners_[i], side.request).during("side stream " + side.stream));
    sides_[static_cast<std::size_t>(side_streams_[i])] = std::move(opened);
  }
  return open_transaction(owner);
}

// Of what open_sink() left out.
Status JobPorts::open_transaction(JobOwner& owner) {
  const Connector* judge = nullptr;
  std::vector<PortRequest> requests;
  std::vector<std::unique_ptr<Sink>*> places;
  const auto add = [&](const Connector* its, const PortRequest& request, auto& place) -> Status {
    if (place != nullptr) return Done{};
    if (judge != nullptr && judge != its) {
      return Error(ErrorKind::Invalid, "exactly-once sinks of two connectors in one job");
    }
    judge = its;
    requests.push_back(request);
    places.push_back(&place);
    return Done{};
  };
  for (std::size_t i = 0; i < sinks_.size(); ++i)
    TRY_DO(add(sink_owners_[i], spec_.sinks[i].request, sinks_[i]));
  for (std::size_t i = 0; i < spec_.sides.size(); ++i) {
    auto& place = sides_[static_cast<std::size_t>(side_streams_[i])];
    TRY_DO(add(side_owners_[i], spec_.sides[i].request, place));
  }
  is_in_transaction_.assign(sources_.size(), false);
  if (judge == nullptr) return Done{};
  std::vector<PortRequest> sources;
  std::vector<std::size_t> source_places;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (source_owners_[i] != judge) continue;
    sources.push_back(spec_.sources[i].request);
    source_places.push_back(i);
  }
  TRY(auto opened,
      judge->open_transaction(requests, sources, owner).during("open the transaction"));
  CHECK(opened.sinks.size() == places.size() && opened.has_positions.size() == sources.size());
  transaction_ = std::move(opened.transaction);
  for (std::size_t i = 0; i < places.size(); ++i)
    *places[i] = std::move(opened.sinks[i]);
  for (std::size_t i = 0; i < sources.size(); ++i)
    is_in_transaction_[source_places[i]] = opened.has_positions[i];
  return Done{};
}

Result<std::vector<std::string>> JobPorts::gone(std::size_t source,
                                                std::span<const SplitPosition> known) {
  return sources_.at(source)->gone(known).during("source " + spec_.sources[source].uid);
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
  if (is_in_transaction_.at(source)) return Done{};
  return sources_.at(source)->commit(positions).during("source " + spec_.sources[source].uid);
}

}  // namespace weir
