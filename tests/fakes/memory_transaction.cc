#include "fakes/memory_transaction.h"

#include <algorithm>

#include "base/format.h"

namespace weir::fakes {
namespace {

Error lost_answer() {
  return {ErrorKind::Unavailable, "the broker did not answer"};
}

}  // namespace

class TransactionalWriter final : public SinkWriter {
 public:
  TransactionalWriter(MemoryTransaction& transaction, std::string port)
      : transaction_(transaction), port_(std::move(port)) {}

  // What an earlier call took is on its way by now, what this one takes is not.
  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    TRY_DO(transaction_.send());
    return transaction_.client_.with([&](MemoryTransaction::Client& client) -> std::size_t {
      if (!client.is_open || sealed_ > client.committed) return 0;
      for (const OutMessage& message : messages) {
        client.unsent.emplace_back(
            port_,
            Message{
                std::string(message.key), std::string(message.value), message.timestamp, true, {}});
      }
      return messages.size();
    });
  }

  Result<Flush> flush() override {
    return Error(ErrorKind::Invalid, "a transactional writer is sealed, not flushed");
  }

  void seal(std::uint64_t epoch) override {
    CHECK(epoch > sealed_);
    sealed_ = epoch;
  }

 private:
  MemoryTransaction& transaction_;
  std::string port_;
  std::uint64_t sealed_ = 0;
};

class TransactionalSink final : public Sink {
 public:
  TransactionalSink(MemoryTransaction& transaction, std::string port)
      : transaction_(transaction), port_(std::move(port)) {}

  Delivery delivery() const override { return Delivery::Transactional; }

  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override {
    std::vector<std::unique_ptr<SinkWriter>> writers;
    for (std::size_t i = 0; i < count; ++i) {
      writers.push_back(std::make_unique<TransactionalWriter>(transaction_, port_));
    }
    return writers;
  }

 private:
  MemoryTransaction& transaction_;
  std::string port_;
};

void TransactionalBroker::disturb(std::function<std::optional<Trouble>(Call)> lever) {
  state_.with([&](State& state) { state.lever = std::move(lever); });
}

void TransactionalBroker::disturb_next(Call call, Trouble trouble) {
  state_.with([&](State& state) { state.next[call] = trouble; });
}

void TransactionalBroker::deliver_late() {
  state_.with([](State& state) {
    for (const Request& request : std::exchange(state.late, {}))
      static_cast<void>(apply(state, request));
  });
}

void TransactionalBroker::stop_fencing() {
  state_.with([](State& state) { state.has_no_fence = true; });
}

void TransactionalBroker::ignore_claims() {
  state_.with([](State& state) { state.has_no_claims = true; });
}

void TransactionalBroker::tell_no_names() {
  state_.with([](State& state) { state.has_no_names = true; });
}

void TransactionalBroker::stop_flushing() {
  state_.with([](State& state) { state.has_no_flush = true; });
}

void TransactionalBroker::hide_troubles() {
  state_.with([](State& state) { state.hides_troubles = true; });
}

void TransactionalBroker::lose_next(const std::string& port) {
  state_.with([&](State& state) { state.loses = port; });
}

void TransactionalBroker::calm() {
  state_.with([](State& state) {
    state.lever = nullptr;
    state.next.clear();
  });
}

void TransactionalBroker::forget_next_offsets() {
  state_.with([](State& state) { state.forgets_offsets = true; });
}

std::size_t TransactionalBroker::troubles() const {
  return state_.with([](const State& state) { return state.troubles; });
}

std::size_t TransactionalBroker::fenced() const {
  return state_.with([](const State& state) { return state.fenced; });
}

std::size_t TransactionalBroker::given_up() const {
  return state_.with([](const State& state) { return state.given_up; });
}

std::vector<Message> TransactionalBroker::committed(const std::string& port) const {
  return state_.with([&](const State& state) {
    std::vector<Message> messages;
    const auto topic = state.topics.find(port);
    if (topic == state.topics.end()) return messages;
    for (const Record& record : topic->second) {
      const Fate fate = state.transactions[record.transaction];
      if (fate == Fate::Open) break;  // Nobody looks past the last stable offset.
      if (fate == Fate::Committed) messages.push_back(record.message);
    }
    return messages;
  });
}

std::vector<std::string> TransactionalBroker::values(const std::string& port) const {
  std::vector<std::string> values;
  for (const Message& message : committed(port))
    values.push_back(message.value);
  return values;
}

bool TransactionalBroker::has_open_transaction() const {
  return state_.with([](const State& state) {
    return std::ranges::find(state.transactions, Fate::Open) != state.transactions.end();
  });
}

std::optional<TransactionalBroker::Trouble> TransactionalBroker::trouble(Call call) {
  return state_.with([&](State& state) {
    std::optional<Trouble> found;
    if (const auto next = state.next.find(call); next != state.next.end()) {
      found = next->second;
      state.next.erase(next);
    } else if (state.lever) {
      found = state.lever(call);
    }
    if (found) ++state.troubles;
    return found;
  });
}

std::uint64_t TransactionalBroker::fence(const std::string& id) {
  return state_.with([&](State& state) {
    Producer& producer = state.producers[id];
    if (state.has_no_fence) return producer.generation;
    if (producer.open) state.transactions[*producer.open] = Fate::Aborted;
    producer.open.reset();
    return ++producer.generation;
  });
}

Status TransactionalBroker::check_owner(const std::string& id, const JobOwner& owner) const {
  return state_.with([&](const State& state) -> Status {
    const auto group = state.groups.find(id);
    const bool is_owned = group != state.groups.end() && !group->second.owner.empty();
    if (!owner.has_claimed || !is_owned || group->second.owner == owner.name) return Done{};
    return Error(ErrorKind::Invalid, format("job {} was taken over by another host", id));
  });
}

Status TransactionalBroker::claim(const std::string& id,
                                  std::uint64_t generation,
                                  const std::string& owner) {
  const auto trouble_now = trouble(Call::Claim);
  if (trouble_now == Trouble::Refused) return lost_answer();
  return state_.with([&](State& state) -> Status {
    TRY_DO(check_current(state, id, generation));
    if (!state.has_no_claims) state.groups[id].owner = owner;
    return trouble_now ? Status(lost_answer()) : Status(Done{});
  });
}

EpochTransaction::Recovered TransactionalBroker::known(const std::string& id) const {
  return state_.with([&](const State& state) {
    const auto group = state.groups.find(id);
    EpochTransaction::Recovered known;
    if (group == state.groups.end()) return known;
    known.epoch = group->second.epoch;
    if (!state.has_no_names) known.committed_by = group->second.committed_by;
    known.positions = group->second.positions;
    return known;
  });
}

Status TransactionalBroker::check_current(State& state,
                                          const std::string& id,
                                          std::uint64_t generation) {
  if (state.producers[id].generation == generation) return Done{};
  ++state.fenced;
  return Error(ErrorKind::Unavailable, format("{} is shut out by another run", id));
}

Status TransactionalBroker::produce(const std::string& id,
                                    std::uint64_t generation,
                                    const std::vector<std::pair<std::string, Message>>& messages) {
  return state_.with([&](State& state) -> Status {
    TRY_DO(check_current(state, id, generation));
    Producer& producer = state.producers[id];
    if (!producer.open) {
      producer.open = state.transactions.size();
      state.transactions.push_back(Fate::Open);
    }
    for (const auto& [port, message] : messages) {
      if (port == state.loses) {
        state.loses.clear();
        continue;
      }
      state.topics[port].push_back({message, *producer.open});
    }
    return Done{};
  });
}

Status TransactionalBroker::commit(const Request& request) {
  const auto trouble_now = trouble(Call::Commit);
  return state_.with([&](State& state) -> Status {
    if (trouble_now && state.hides_troubles) return Done{};
    if (trouble_now == Trouble::Refused) return lost_answer();
    TRY_DO(check_current(state, request.id, request.generation));
    if (trouble_now == Trouble::Late) {
      state.late.push_back(request);
      return lost_answer();
    }
    TRY_DO(apply(state, request));
    return trouble_now == Trouble::Unknown ? Status(lost_answer()) : Status(Done{});
  });
}

Status TransactionalBroker::apply(State& state, const Request& request) {
  TRY_DO(check_current(state, request.id, request.generation));
  Producer& producer = state.producers[request.id];
  if (producer.open) state.transactions[*producer.open] = Fate::Committed;
  producer.open.reset();
  if (std::exchange(state.forgets_offsets, false)) return Done{};
  Group& group = state.groups[request.id];
  group.epoch = request.epoch;
  group.committed_by = request.owner;
  group.positions = request.positions;
  return Done{};
}

MemoryTransaction::MemoryTransaction(TransactionalBroker& broker, std::string id, JobOwner& owner)
    : broker_(broker), id_(std::move(id)), owner_(owner) {}

MemoryTransaction::~MemoryTransaction() {
  if (!owner_.gives_up.stop_requested()) return;
  broker_.state_.with([](auto& state) { ++state.given_up; });
}

Result<EpochTransaction::Recovered> MemoryTransaction::recover() {
  const auto trouble = broker_.trouble(TransactionalBroker::Call::Recover);
  if (trouble == TransactionalBroker::Trouble::Refused) return lost_answer();
  TRY_DO(broker_.check_owner(id_, owner_));
  const std::uint64_t generation = broker_.fence(id_);
  if (trouble) return lost_answer();
  TRY_DO(broker_.check_owner(id_, owner_));
  const Recovered known = broker_.known(id_);
  client_.with([&](Client& client) {
    client = {.is_open = false,
              .generation = generation,
              .committed = known.epoch.value_or(0),
              .unsent = {}};
  });
  return known;
}

Status MemoryTransaction::claim() {
  const auto generation = client_.with([](const Client& client) { return client.generation; });
  TRY_DO(broker_.claim(id_, generation, owner_.name));
  owner_.has_claimed = true;
  client_.with([](Client& client) { client.is_open = true; });
  return Done{};
}

Status MemoryTransaction::send() {
  return client_.with([&](Client& client) -> Status {
    if (!client.is_open || client.unsent.empty()) return Done{};
    return broker_.produce(id_, client.generation, std::exchange(client.unsent, {}));
  });
}

Status MemoryTransaction::flush(std::uint64_t) {
  const auto trouble = broker_.trouble(TransactionalBroker::Call::Flush);
  if (trouble && *trouble != TransactionalBroker::Trouble::Unknown) return lost_answer();
  if (broker_.state_.with([](const auto& state) { return state.has_no_flush; })) return Done{};
  TRY_DO(send());
  return trouble ? Status(lost_answer()) : Status(Done{});
}

// What was not flushed is not part of it, and lost.
Status MemoryTransaction::commit(std::uint64_t epoch,
                                 const std::vector<SourcePositions>& positions) {
  const std::uint64_t generation = client_.with([](Client& client) {
    client.unsent.clear();
    return client.generation;
  });
  TRY_DO(broker_.commit({id_, owner_.name, generation, epoch, positions}));
  client_.with([&](Client& client) { client.committed = epoch; });
  return Done{};
}

std::unique_ptr<Sink> MemoryTransaction::open_sink(std::string port) {
  return std::make_unique<TransactionalSink>(*this, std::move(port));
}

}  // namespace weir::fakes
