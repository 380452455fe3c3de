#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/kafka.h"
#include "connectors/transaction.h"
#include "fakes/recorded_log.h"

namespace weir::kafka {

// A job's transaction as its tasks and its commit thread use it: one writer for each sink.
class TransactionRun final {
 public:
  TransactionRun(const std::vector<PortRequest>& sinks, const std::vector<PortRequest>& sources);

  // Recovers and claims the job.
  Result<EpochTransaction::Recovered> recover();
  Result<EpochTransaction::Recovered> recover_only() { return ports_.transaction->recover(); }
  Status claim() { return ports_.transaction->claim(); }
  // Opens everything anew, as a job does that starts again inside its process.
  void open();

  // Offers all to the writer until it has taken them. False: it took none for long, or failed.
  bool write(const std::vector<std::string>& values, std::size_t sink = 0);
  // What one call takes.
  std::size_t offer(const std::vector<std::string>& values, std::size_t sink = 0);
  void seal(std::uint64_t epoch);
  Status flush(std::uint64_t epoch) { return ports_.transaction->flush(epoch); }
  Status commit(std::uint64_t epoch, const std::vector<SourcePositions>& positions = {}) {
    return ports_.transaction->commit(epoch, positions);
  }
  // All of an epoch; the first error.
  Status run_epoch(std::uint64_t epoch,
                   const std::vector<std::string>& values,
                   const std::vector<SourcePositions>& positions = {});

  // From now on no call waits for long.
  void give_up() { ending_.request_stop(); }

  const std::optional<Error>& failure() const { return failure_; }
  std::vector<std::string> log() const { return log_.lines(); }

 private:
  void open_writers();

  std::vector<PortRequest> sinks_;
  std::vector<PortRequest> sources_;
  JobOwner owner_ = new_owner(SystemClock());
  std::stop_source ending_;
  fakes::RecordedLog log_{LogLevel::Debug};
  std::unique_ptr<Connector> connector_;
  Connector::TransactionalPorts ports_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
  std::optional<Error> failure_;
};

}  // namespace weir::kafka
