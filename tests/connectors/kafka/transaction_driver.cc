// A job's transaction, driven line by line: what a test kills, stops or cuts off.
//
//   transaction_driver BROKERS JOB OUTPUT INPUT [no-change-of-id] [PROPERTY=VALUE ...]
//
// Its rows are numbers and its position in partition 0 of INPUT is the next number, so that OUTPUT
// holds each number once if nothing was lost or doubled. Each line is answered by one:
//
//   recover      ok EPOCH POSITION; EPOCH is -1 when there is none. The job starts anew and claims
//                itself, as in a host that takes it down and up again
//   write COUNT  ok, once all are taken
//   seal EPOCH   ok
//   flush EPOCH  ok
//   commit EPOCH ok
//
// or by "error KIND: MESSAGE". It ends with its input.
#include <iostream>
#include <semaphore>
#include <sstream>
#include <string>
#include <vector>

#include "base/terminal_log.h"
#include "connectors/kafka/transaction_plan.h"

namespace weir::kafka {
namespace {

class Driver final {
 public:
  Driver(TransactionPlan plan, std::string split, const Log& log)
      : plan_(std::move(plan)), split_(std::move(split)), log_(log) {}

  Result<std::string> obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    std::uint64_t number = 0;
    words >> command >> number;
    if (command == "recover") return recover();
    if (!writer_) return Error(ErrorKind::Invalid, "recover first");
    if (command == "write") return write(number);
    if (command == "seal") {
      writer_->seal(number);
      return std::string("ok");
    }
    if (command == "flush") return answer(ports_.transaction->flush(number));
    if (command == "commit") {
      return answer(ports_.transaction->commit(number, {{"in", {{split_, position_}}}}));
    }
    return Error(ErrorKind::Invalid, "unknown command: " + line);
  }

 private:
  static Result<std::string> answer(const Status& outcome) {
    if (!outcome) return outcome.error();
    return std::string("ok");
  }

  Result<std::string> recover() {
    writer_.reset();
    ports_.sinks.clear();
    ports_.transaction.reset();
    ports_ = open_planned(plan_, owner_, log_);
    TRY(const auto recovered, ports_.transaction->recover());
    TRY_DO(ports_.transaction->claim());
    TRY(auto writers, ports_.sinks.front()->open_writers(1));
    writer_ = std::move(writers.front());
    position_ = 0;
    for (const auto& source : recovered.positions)
      position_ = source.positions.front().position;
    const std::int64_t epoch = recovered.epoch ? static_cast<std::int64_t>(*recovered.epoch) : -1;
    return format("ok {} {}", epoch, position_);
  }

  Result<std::string> write(std::uint64_t count) {
    std::binary_semaphore never(0);  // The pause of a worker that found nothing to do.
    const std::int64_t end = position_ + static_cast<std::int64_t>(count);
    while (position_ < end) {
      const std::string value = std::to_string(position_);
      const OutMessage message = {"", value, -1, {}};
      TRY(const std::size_t taken, writer_->write({&message, 1}));
      position_ += static_cast<std::int64_t>(taken);
      if (taken == 0) static_cast<void>(never.try_acquire_for(std::chrono::milliseconds(1)));
    }
    return std::string("ok");
  }

  TransactionPlan plan_;
  std::string split_;
  Log log_;
  JobOwner owner_ = new_owner(SystemClock());
  Connector::TransactionalPorts ports_;
  std::unique_ptr<SinkWriter> writer_;
  std::int64_t position_ = 0;
};

int run(const std::vector<std::string>& words) {
  constexpr std::size_t kFixed = 4;
  if (words.size() < kFixed) return 2;
  ClusterSpec cluster = {"main", words[0], {}};
  bool changes_id = true;
  for (std::size_t i = kFixed; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string::npos) {
      changes_id = words[i] != "no-change-of-id";
    } else {
      cluster.properties[words[i].substr(0, equals)] = words[i].substr(equals + 1);
    }
  }
  const auto request = [&](std::string port, Options options) {
    return PortRequest{words[1], std::move(port), std::move(options), {{"main", cluster}}};
  };
  const PortRequest sink = request("out", {{"topic", words[2]}});
  const PortRequest source = request("in", {{"topics", std::vector{words[3]}}});
  auto plan = plan_transaction({&sink, 1}, {&source, 1});
  if (!plan) {
    std::cerr << plan.error().text() << '\n';
    return 2;
  }
  plan->transaction.changes_id = changes_id;
  const auto log = make_terminal_log(LogLevel::Info);
  Driver driver(*std::move(plan), words[3] + "/0", Log(*log, "driver"));
  for (std::string line; std::getline(std::cin, line);) {
    const auto outcome = driver.obey(line);
    std::cout << (outcome ? *outcome : "error " + outcome.error().text()) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace weir::kafka

int main(int count, char** words) {
  return weir::kafka::run(std::vector<std::string>(words + 1, words + count));
}
