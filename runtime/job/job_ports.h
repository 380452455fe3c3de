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
#include "job/job_status.h"
#include "operators/side_streams.h"

namespace weir {

// See JobHostOptions.
using FindConnector = std::function<Result<const Connector*>(std::string_view name,
                                                             const std::filesystem::path& plugin)>;

// The connectors of one job. Used on one thread at a time, but for the transaction's own functions.
// What it opened, it outlives.
class JobPorts final {
 public:
  // Finds the connectors that the job's entry names. `spec` outlives the ports.
  static Result<std::unique_ptr<JobPorts>> find(const JobSpec& spec, const FindConnector& find);

  // Whether the outside world remembers how far the job was: what it made of the records before
  // that, and has not given away, must not be lost either. A job that begins at the beginning every
  // time starts with nothing.
  bool keeps_state() const;

  // Opens everything that was found; an error names the port. Once, before anything below. May
  // block. The owner is the transaction's, which it outlives.
  Status open(JobOwner& owner);

  // See Source::gone. Before open_readers.
  Result<std::vector<std::string>> gone(std::size_t source, std::span<const SplitPosition> known);

  // One for each worker. By the port's place in the entry.
  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t source, std::size_t workers, std::span<const SplitPosition> at);
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t sink,
                                                                std::size_t workers);
  Result<std::vector<SideStreams::Writers>> open_sides(std::size_t workers);

  // What the connectors count by themselves, each name behind that of its port.
  std::vector<NamedCount> counters() const;

  bool has_sides() const;
  bool has_side(SideStream stream) const;

  // That of all Transactional sinks and side streams; null when there is none.
  EpochTransaction* transaction() const { return transaction_.get(); }
  bool is_transactional(std::size_t sink) const;
  bool is_transactional(SideStream stream) const;

  // Each sink and side stream ("side.NAME").
  std::vector<SinkStatus> deliveries() const;

  // See Source::commit; nothing for a source whose positions are committed in the transaction.
  Status commit(std::size_t source, std::span<const SplitPosition> positions);

 private:
  explicit JobPorts(const JobSpec& spec) : spec_(spec) {}
  Status find_all(const FindConnector& find);
  Status open_transaction(JobOwner& owner);

  // Set when they are found. By port.
  const JobSpec& spec_;
  std::vector<const Connector*> source_owners_;
  std::vector<const Connector*> sink_owners_;
  std::vector<const Connector*> side_owners_;
  std::vector<SideStream> side_streams_;

  std::unique_ptr<EpochTransaction> transaction_;
  std::vector<bool> is_in_transaction_;  // By source: its positions are.
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::array<std::unique_ptr<Sink>, kSideStreams> sides_;
};

}  // namespace weir
