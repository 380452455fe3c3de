#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/spec.h"
#include "connectors/connector.h"
#include "operators/side_streams.h"

namespace weir {

// See JobHostOptions.
using FindConnector = std::function<Result<const Connector*>(std::string_view name,
                                                             const std::filesystem::path& plugin)>;

// The connectors of one job, opened. Control thread only. What it opened, it outlives.
class JobPorts final {
 public:
  // Opens everything that the job's entry names; an error names the port.
  static Result<std::unique_ptr<JobPorts>> open(const JobSpec& spec, const FindConnector& find);

  // One for each worker. By the port's place in the entry.
  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(std::size_t source,
                                                                  std::size_t workers);
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t sink,
                                                                std::size_t workers);
  Result<std::vector<SideStreams::Writers>> open_sides(std::size_t workers);

  // What the connectors count by themselves, each name behind that of its port.
  std::vector<NamedCount> counters() const;

  bool has_sides() const;
  bool has_side(SideStream stream) const;

  // See Source::commit.
  Status commit(std::size_t source, std::span<const SplitPosition> positions);

 private:
  explicit JobPorts(const JobSpec& spec) : spec_(spec) {}
  Status open_all(const FindConnector& find);

  const JobSpec& spec_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::array<std::unique_ptr<Sink>, kSideStreams> sides_;
};

}  // namespace weir
