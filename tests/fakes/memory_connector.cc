#include "fakes/memory_connector.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir::fakes {
namespace {

std::string split_name(std::size_t split) {
  return format("memory/{}", split);
}

}  // namespace

// Reads the splits whose number leaves `index` when divided by `count`.
class MemoryReader final : public SourceReader {
 public:
  MemoryReader(MemoryTopic& topic,
               std::size_t index,
               std::size_t count,
               std::map<std::string, std::int64_t> starts)
      : topic_(topic), index_(index), count_(count), starts_(std::move(starts)) {
    look();
  }

  Result<std::size_t> poll(std::size_t records_max, RecordIntake& intake) override {
    look();
    std::size_t taken = 0;
    for (std::size_t i = 0; i < splits_.size(); ++i) {
      // Each poll starts with another split.
      const std::size_t place = (i + turn_) % splits_.size();
      TRY(const std::size_t read, read_split(place, records_max - taken, intake));
      taken += read;
    }
    ++turn_;
    look();
    return taken;
  }

  std::span<const Split> splits() const override { return splits_; }

  bool has_ended() const override { return has_ended_; }

  std::vector<SplitPosition> positions() const override {
    std::vector<SplitPosition> positions;
    for (std::size_t i = 0; i < splits_.size(); ++i) {
      positions.push_back({splits_[i].name, static_cast<std::int64_t>(next_[i])});
    }
    return positions;
  }

 private:
  std::size_t number(std::size_t place) const { return index_ + place * count_; }

  void look() {
    topic_.state_.with([this](MemoryTopic::State& state) {
      while (number(splits_.size()) < state.splits.size()) {
        Split split;
        split.name = split_name(number(splits_.size()));
        split.topic = "memory";
        split.partition = static_cast<std::int32_t>(number(splits_.size()));
        splits_.push_back(std::move(split));
        const auto start = starts_.find(splits_.back().name);
        next_.push_back(start == starts_.end() ? 0 : static_cast<std::size_t>(start->second));
      }
      has_ended_ = std::all_of(state.splits.begin(), state.splits.end(), [](const auto& content) {
        return content.has_ended;
      });
      for (std::size_t i = 0; i < splits_.size(); ++i) {
        const auto& content = state.splits[number(i)];
        const std::size_t left = content.messages.size() - next_[i];
        splits_[i].has_ended = content.has_ended && left == 0;
        has_ended_ &= splits_[i].has_ended;
        splits_[i].lag.reset();
        if (state.shows_lag) splits_[i].lag = static_cast<std::int64_t>(left);
      }
    });
  }

  Result<std::size_t> read_split(std::size_t place, std::size_t room, RecordIntake& intake) {
    std::vector<Message> found;
    const Status looked = topic_.state_.with([&](MemoryTopic::State& state) -> Status {
      if (state.failure) return *state.failure;
      const auto& messages = state.splits[number(place)].messages;
      const std::size_t left = messages.size() - next_[place];
      const auto begin = messages.begin() + static_cast<std::ptrdiff_t>(next_[place]);
      found.assign(begin,
                   begin + static_cast<std::ptrdiff_t>(std::min({left, room, state.poll_max})));
      return Done{};
    });
    TRY_DO(looked);
    for (const Message& message : found) {
      RawRecord record;
      record.key = message.key;
      record.value = message.value;
      record.has_key = !message.key.empty();
      record.has_value = message.has_value;
      record.split = static_cast<std::uint32_t>(place);
      record.offset = static_cast<std::int64_t>(next_[place]++);
      record.timestamp = message.timestamp;
      intake.take(record);
    }
    return found.size();
  }

  MemoryTopic& topic_;
  std::size_t index_;
  std::size_t count_;
  std::map<std::string, std::int64_t> starts_;  // By split; others at 0.
  std::vector<Split> splits_;
  std::vector<std::size_t> next_;  // By split.
  std::size_t turn_ = 0;
  bool has_ended_ = false;
};

class MemorySource final : public Source {
 public:
  explicit MemorySource(MemoryTopic& topic) : topic_(topic) {}

  Result<std::vector<std::string>> gone(std::span<const SplitPosition> known) override {
    std::set<std::string> present;
    topic_.state_.with([&](const MemoryTopic::State& state) {
      for (std::size_t i = 0; i < state.splits.size(); ++i)
        present.insert(split_name(i));
    });
    std::vector<std::string> gone;
    for (const SplitPosition& each : known) {
      if (!present.contains(each.split)) gone.push_back(each.split);
    }
    return gone;
  }

  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t count, std::span<const SplitPosition> restored) override {
    std::map<std::string, std::int64_t> starts = topic_.committed();
    for (const SplitPosition& position : restored)
      starts[position.split] = position.position;
    std::vector<std::unique_ptr<SourceReader>> readers;
    for (std::size_t i = 0; i < count; ++i) {
      readers.push_back(std::make_unique<MemoryReader>(topic_, i, count, starts));
    }
    return readers;
  }

  Status commit(std::span<const SplitPosition> positions) override {
    return topic_.state_.with([&](MemoryTopic::State& state) -> Status {
      if (state.commit_failure) return *state.commit_failure;
      ++state.commits;
      for (const SplitPosition& position : positions) {
        state.committed[position.split] = position.position;
      }
      return Done{};
    });
  }

 private:
  MemoryTopic& topic_;
};

class MemoryWriter final : public SinkWriter {
 public:
  explicit MemoryWriter(MemoryOutput& output) : output_(output) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    return output_.state_.with([&](MemoryOutput::State& state) -> Result<std::size_t> {
      if (state.failure) return *state.failure;
      const std::size_t count = std::min(messages.size(), state.write_max);
      for (const OutMessage& message : messages.first(count)) {
        state.messages.push_back(
            {std::string(message.key), std::string(message.value), message.timestamp, true, {}});
        state.messages.back().headers.insert(message.headers.begin(), message.headers.end());
      }
      return count;
    });
  }

  Result<Flush> flush() override {
    return output_.state_.with([&](MemoryOutput::State& state) -> Result<Flush> {
      if (state.holds_flushes) return Flush::Pending;
      if (!state.skips_flushes) state.flushed = state.messages.size();
      return Flush::Complete;
    });
  }

 private:
  MemoryOutput& output_;
};

class MemorySink final : public Sink {
 public:
  explicit MemorySink(MemoryOutput& output) : output_(output) {}
  Delivery delivery() const override { return Delivery::AtLeastOnce; }
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override {
    std::vector<std::unique_ptr<SinkWriter>> writers;
    for (std::size_t i = 0; i < count; ++i) {
      writers.push_back(std::make_unique<MemoryWriter>(output_));
    }
    return writers;
  }

 private:
  MemoryOutput& output_;
};

MemoryTopic::MemoryTopic(std::size_t splits) {
  state_.with([&](State& state) { state.splits.resize(splits); });
}

void MemoryTopic::append(std::size_t split, std::string value) {
  append(split, Message{.key = {}, .value = std::move(value)});
}

void MemoryTopic::append(std::size_t split, Message message) {
  state_.with([&](State& state) { state.splits.at(split).messages.push_back(std::move(message)); });
}

void MemoryTopic::append_split() {
  state_.with([](State& state) { state.splits.emplace_back(); });
}

void MemoryTopic::delete_last_split() {
  state_.with([](State& state) { state.splits.pop_back(); });
}

void MemoryTopic::end(std::size_t split) {
  state_.with([&](State& state) { state.splits.at(split).has_ended = true; });
}

void MemoryTopic::end_all() {
  state_.with([](State& state) {
    for (SplitContent& split : state.splits)
      split.has_ended = true;
  });
}

void MemoryTopic::limit_polls(std::size_t records_max) {
  state_.with([&](State& state) { state.poll_max = records_max; });
}

void MemoryTopic::show_lag(bool is_shown) {
  state_.with([&](State& state) { state.shows_lag = is_shown; });
}

void MemoryTopic::fail(std::optional<Error> error) {
  state_.with([&](State& state) { state.failure = std::move(error); });
}

void MemoryTopic::fail_commits(std::optional<Error> error) {
  state_.with([&](State& state) { state.commit_failure = std::move(error); });
}

std::map<std::string, std::int64_t> MemoryTopic::committed() const {
  return state_.with([](const State& state) { return state.committed; });
}

std::size_t MemoryTopic::commits() const {
  return state_.with([](const State& state) { return state.commits; });
}

void MemoryOutput::limit_writes(std::size_t messages_max) {
  state_.with([&](State& state) { state.write_max = messages_max; });
}

void MemoryOutput::hold_flushes(bool is_held) {
  state_.with([&](State& state) { state.holds_flushes = is_held; });
}

void MemoryOutput::skip_flushes() {
  state_.with([](State& state) { state.skips_flushes = true; });
}

void MemoryOutput::lose_unflushed() {
  state_.with([](State& state) { state.messages.resize(state.flushed); });
}

void MemoryOutput::fail(Error error) {
  state_.with([&](State& state) { state.failure = std::move(error); });
}

std::vector<Message> MemoryOutput::messages() const {
  return state_.with([](const State& state) { return state.messages; });
}

std::vector<std::string> MemoryOutput::values() const {
  std::vector<std::string> values;
  for (const Message& message : messages())
    values.push_back(message.value);
  return values;
}

std::size_t MemoryOutput::size() const {
  return state_.with([](const State& state) { return state.messages.size(); });
}

std::size_t MemoryOutput::flushed() const {
  return state_.with([](const State& state) { return state.flushed; });
}

MemoryTopic& MemoryConnector::topic(const std::string& port, std::size_t splits) {
  auto& found = topics_[port];
  if (found == nullptr) found = std::make_unique<MemoryTopic>(splits);
  return *found;
}

MemoryOutput& MemoryConnector::output(const std::string& port) {
  auto& found = outputs_[port];
  if (found == nullptr) found = std::make_unique<MemoryOutput>();
  return *found;
}

Result<std::unique_ptr<Source>> MemoryConnector::open_source(const PortRequest& request) const {
  const auto found = topics_.find(request.port);
  if (found == topics_.end() || broken_.contains(request.port)) {
    return Error(ErrorKind::Unavailable, "no topic");
  }
  return std::make_unique<MemorySource>(*found->second);
}

Delivery MemoryConnector::delivery_of(const PortRequest& request) const {
  return transactional_.contains(request.port) ? Delivery::Transactional : Delivery::AtLeastOnce;
}

Result<Connector::TransactionalPorts> MemoryConnector::open_transaction(
    std::span<const PortRequest> sinks,
    std::span<const PortRequest> sources,
    JobOwner& owner) const {
  auto transaction = std::make_unique<MemoryTransaction>(*broker_, sinks.front().job, owner);
  TransactionalPorts ports;
  for (const PortRequest& source : sources)
    ports.has_positions.push_back(!elsewhere_.contains(source.port));
  for (const PortRequest& sink : sinks) {
    if (broken_.contains(sink.port)) return Error(ErrorKind::Unavailable, "no output");
    ports.sinks.push_back(transaction->open_sink(sink.port));
  }
  ports.transaction = std::move(transaction);
  return ports;
}

Result<std::unique_ptr<Sink>> MemoryConnector::open_sink(const PortRequest& request) const {
  const auto found = outputs_.find(request.port);
  if (found == outputs_.end() || broken_.contains(request.port)) {
    return Error(ErrorKind::Unavailable, "no output");
  }
  return std::make_unique<MemorySink>(*found->second);
}

}  // namespace weir::fakes
