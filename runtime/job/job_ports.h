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

// The connectors of one job, opened. Control thread only, but for the transaction's own functions.
// What it opened, it outlives.
class JobPorts final {
 public:
  // Opens everything that the job's entry names; an error names the port.
  static Result<std::unique_ptr<JobPorts>> open(const JobSpec& spec, const FindConnector& find);

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
  Status open_all(const FindConnector& find);
  Status open_transaction(const FindConnector& find);

  const JobSpec& spec_;
  std::unique_ptr<EpochTransaction> transaction_;
  const Connector* transactional_ = nullptr;     // Whose that is.
  std::vector<const Connector*> source_owners_;  // By source.
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::array<std::unique_ptr<Sink>, kSideStreams> sides_;
};

}  // namespace weir
