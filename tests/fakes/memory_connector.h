// A connector whose outside world is memory, with levers for tests. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "connectors/connector.h"
#include "fakes/memory_transaction.h"
#include "fakes/message.h"

namespace weir::fakes {

// What a source reads: splits that grow until they are ended.
class MemoryTopic final {
 public:
  explicit MemoryTopic(std::size_t splits);

  void append(std::size_t split, std::string value);
  void append(std::size_t split, Message message);
  void append_split();
  // As if it had never been. While nobody reads.
  void delete_last_split();
  void end(std::size_t split);
  void end_all();

  // Levers.
  void limit_polls(std::size_t records_max);  // At most so many records come at once.
  void show_lag(bool is_shown);
  void fail(std::optional<Error> error);  // Each poll of anyone says so.
  void fail_commits(std::optional<Error> error);

  // By split name.
  std::map<std::string, std::int64_t> committed() const;
  // How many commits there were.
  std::size_t commits() const;

 private:
  friend class MemoryReader;
  friend class MemorySource;
  struct SplitContent {
    std::vector<Message> messages;
    bool has_ended = false;
  };
  struct State {
    std::vector<SplitContent> splits;
    std::size_t poll_max = SIZE_MAX;
    bool shows_lag = true;
    std::optional<Error> failure;
    std::optional<Error> commit_failure;
    std::map<std::string, std::int64_t> committed;
    std::size_t commits = 0;
  };
  Guarded<State> state_;
};

// What a sink writes.
class MemoryOutput final {
 public:
  // Levers.
  void limit_writes(std::size_t messages_max);  // So many at once; 0: none, until it is more.
  void hold_flushes(bool is_held);
  // Says from now on that all is flushed, when nothing is.
  void skip_flushes();
  // What the death of its writers takes along.
  void lose_unflushed();
  void fail(Error error);

  std::vector<Message> messages() const;
  std::vector<std::string> values() const;
  std::size_t size() const;
  // Of those, how many are safe by now.
  std::size_t flushed() const;

 private:
  friend class MemoryWriter;
  struct State {
    std::vector<Message> messages;
    std::size_t flushed = 0;
    std::size_t write_max = SIZE_MAX;
    bool holds_flushes = false;
    bool skips_flushes = false;
    std::optional<Error> failure;
  };
  Guarded<State> state_;
};

class MemoryConnector final : public Connector {
 public:
  // The world behind a port, made when first asked for. The connector outlives its users.
  MemoryTopic& topic(const std::string& port, std::size_t splits = 1);
  MemoryOutput& output(const std::string& port);
  // Opening this port fails.
  void break_port(const std::string& port) { broken_.insert(port); }
  void mend_port(const std::string& port) { broken_.erase(port); }
  // From now on what is written to this port goes to the broker, in the job's transaction.
  void make_transactional(const std::string& port) { transactional_.insert(port); }
  // … and from now on not any more.
  void make_plain(const std::string& port) { transactional_.erase(port); }
  // The broker has no part in the positions of this port.
  void put_elsewhere(const std::string& port) { elsewhere_.insert(port); }
  TransactionalBroker& broker() { return *broker_; }
  const TransactionalBroker& broker() const { return *broker_; }

  std::string_view name() const override { return "memory"; }
  std::vector<OptionSpec> source_options() const override { return {}; }
  std::vector<OptionSpec> sink_options() const override { return {}; }
  bool has_source() const override { return true; }
  bool has_sink() const override { return true; }
  std::vector<OptionMistake> check_source(const PortRequest&) const override { return {}; }
  std::vector<OptionMistake> check_sink(const PortRequest&) const override { return {}; }
  bool remembers_positions(const PortRequest&) const override { return true; }
  Result<std::unique_ptr<Source>> open_source(const PortRequest& request) const override;
  Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const override;
  Delivery delivery_of(const PortRequest& request) const override;
  Result<TransactionalPorts> open_transaction(std::span<const PortRequest> sinks,
                                              std::span<const PortRequest> sources,
                                              JobOwner& owner) const override;

 private:
  std::map<std::string, std::unique_ptr<MemoryTopic>> topics_;
  std::map<std::string, std::unique_ptr<MemoryOutput>> outputs_;
  std::set<std::string> broken_;
  std::set<std::string> transactional_;
  std::set<std::string> elsewhere_;
  std::unique_ptr<TransactionalBroker> broker_ = std::make_unique<TransactionalBroker>();
};

}  // namespace weir::fakes
