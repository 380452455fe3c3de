#include "connectors/kafka/transaction_run.h"

#include <span>
#include <utility>

#include "base/check.h"
#include "connectors/kafka/port.h"

namespace weir::kafka {

TransactionRun::TransactionRun(const std::vector<PortRequest>& sinks,
                               const std::vector<PortRequest>& sources)
    : sinks_(sinks), sources_(sources), connector_(make_kafka_connector(Log(log_, "test"))) {
  owner_.gives_up = ending_.get_token();
  open();
}

void TransactionRun::open() {
  writers_.clear();
  ports_.sinks.clear();
  ports_.transaction.reset();
  auto opened = connector_->open_transaction(sinks_, sources_, owner_);
  if (!opened) {
    failure_ = opened.error();
    return;
  }
  ports_ = *std::move(opened);
  CHECK(ports_.sinks.size() == sinks_.size());
  open_writers();
}

Result<EpochTransaction::Recovered> TransactionRun::recover() {
  auto recovered = ports_.transaction->recover();
  if (recovered) TRY_DO(ports_.transaction->claim());
  return recovered;
}

void TransactionRun::open_writers() {
  writers_.clear();
  for (const auto& sink : ports_.sinks) {
    auto writers = sink->open_writers(1);
    CHECK(writers.has_value());
    writers_.push_back(std::move(writers->front()));
  }
}

std::size_t TransactionRun::offer(const std::vector<std::string>& values, std::size_t sink) {
  std::vector<OutMessage> messages;
  for (const std::string& value : values)
    messages.push_back({"", value, -1, {}});
  const auto taken = writers_[sink]->write(messages);
  if (!taken) failure_ = taken.error();
  return taken ? *taken : 0;
}

bool TransactionRun::write(const std::vector<std::string>& values, std::size_t sink) {
  std::vector<std::string> left = values;
  return eventually([&] {
           const std::size_t taken = offer(left, sink);
           left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(taken));
           return failure_ || left.empty();
         }) &&
         !failure_;
}

void TransactionRun::seal(std::uint64_t epoch) {
  for (const auto& writer : writers_)
    writer->seal(epoch);
}

Status TransactionRun::run_epoch(std::uint64_t epoch,
                                 const std::vector<std::string>& values,
                                 const std::vector<SourcePositions>& positions) {
  if (!write(values)) {
    return failure_.value_or(Error(ErrorKind::Unavailable, "the writer takes nothing"));
  }
  seal(epoch);
  TRY_DO(flush(epoch));
  return commit(epoch, positions);
}

}  // namespace weir::kafka
