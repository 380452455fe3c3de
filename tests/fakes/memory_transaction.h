// A broker with transactions, in memory, with levers for tests. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "connectors/transaction.h"
#include "fakes/message.h"

namespace weir::fakes {

// What a read_committed reader sees is what was committed. A transaction whose producer died stays
// open until the next producer of the same id shuts that one out; whoever is shut out is told so
// with the next request.
class TransactionalBroker final {
 public:
  enum class Call : std::uint8_t { Recover, Claim, Flush, Commit };
  enum class Trouble : std::uint8_t {
    Refused,  // Nothing happened, and the caller is told so.
    Unknown,  // It happened; the answer got lost.
    Late,     // The answer got lost; it happens when late requests arrive, or never.
  };

  // Levers. Asked before each call of any producer; none: all is well.
  void disturb(std::function<std::optional<Trouble>(Call)> lever);
  // The next call of that kind.
  void disturb_next(Call call, Trouble trouble);
  void deliver_late();
  // New producers of an id shut nobody out.
  void stop_fencing();
  // Nobody learns whose a job is.
  void ignore_claims();
  // Nor who committed an epoch.
  void tell_no_names();
  // Nobody waits for what was written.
  void stop_flushing();
  // A commit that was refused or not answered counts as done.
  void hide_troubles();
  // The next message of that port goes missing.
  void lose_next(const std::string& port);
  // No lever hits any more.
  void calm();
  // The epoch and positions of what is committed next are not kept.
  void forget_next_offsets();

  std::size_t troubles() const;  // How many have hit.
  std::size_t fenced() const;    // Requests of producers that were shut out.
  std::size_t given_up() const;  // Producers that went when their owner did not wait any longer.

  std::vector<Message> committed(const std::string& port) const;
  std::vector<std::string> values(const std::string& port) const;
  bool has_open_transaction() const;

 private:
  friend class MemoryTransaction;
  friend class TransactionalWriter;

  enum class Fate : std::uint8_t { Open, Committed, Aborted };
  struct Record {
    Message message;
    std::size_t transaction;
  };
  struct Producer {
    std::uint64_t generation = 0;
    std::optional<std::size_t> open;
  };
  struct Group {
    std::string owner;  // Who claimed it last.
    std::optional<std::uint64_t> epoch;
    std::string committed_by;
    std::vector<SourcePositions> positions;
  };
  struct Request {
    std::string id;
    std::string owner;
    std::uint64_t generation;
    std::uint64_t epoch;
    std::vector<SourcePositions> positions;
  };
  struct State {
    std::map<std::string, std::vector<Record>> topics;
    std::vector<Fate> transactions;
    std::map<std::string, Producer> producers;
    std::map<std::string, Group> groups;
    std::vector<Request> late;
    std::function<std::optional<Trouble>(Call)> lever;
    std::map<Call, Trouble> next;
    std::size_t troubles = 0;
    std::size_t fenced = 0;
    std::size_t given_up = 0;
    bool has_no_fence = false;
    bool has_no_claims = false;
    bool has_no_names = false;
    bool has_no_flush = false;
    bool hides_troubles = false;
    std::string loses;
    bool forgets_offsets = false;
  };

  std::optional<Trouble> trouble(Call call);
  std::uint64_t fence(const std::string& id);
  Status check_owner(const std::string& id, const JobOwner& owner) const;
  Status claim(const std::string& id, std::uint64_t generation, const std::string& owner);
  EpochTransaction::Recovered known(const std::string& id) const;
  Status produce(const std::string& id,
                 std::uint64_t generation,
                 const std::vector<std::pair<std::string, Message>>& messages);
  Status commit(const Request& request);
  static Status check_current(State& state, const std::string& id, std::uint64_t generation);
  static Status apply(State& state, const Request& request);

  Guarded<State> state_;
};

// The transaction of job `id` at `broker`, which outlives it, as does the owner.
class MemoryTransaction final : public EpochTransaction {
 public:
  MemoryTransaction(TransactionalBroker& broker, std::string id, JobOwner& owner);
  ~MemoryTransaction() override;

  Result<Recovered> recover() override;
  Status claim() override;
  Status flush(std::uint64_t epoch) override;
  Status commit(std::uint64_t epoch, const std::vector<SourcePositions>& positions) override;

  // The transaction outlives the sink.
  std::unique_ptr<Sink> open_sink(std::string port);

 private:
  friend class TransactionalWriter;

  // Between the writers' threads and the commit thread.
  struct Client {
    bool is_open = false;
    std::uint64_t generation = 0;
    std::uint64_t committed = 0;  // The last epoch; what was sealed with it may go on.
    std::vector<std::pair<std::string, Message>> unsent;
  };

  Status send();

  TransactionalBroker& broker_;
  std::string id_;
  JobOwner& owner_;
  Guarded<Client> client_;
};

}  // namespace weir::fakes
