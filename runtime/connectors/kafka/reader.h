#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "connectors/kafka/lane.h"
#include "connectors/source.h"

namespace weir::kafka {

// Serves the queue of one lane. The client's messages are handed over where they lie, inside the
// client's callback: nothing is copied or allocated for a message. A queue that is not served
// fills up and the client stops fetching: that is the backpressure.
class Reader final : public SourceReader {
 public:
  struct Options {
    bool with_headers = false;
    bool stops_at_end = false;
  };

  // `lane` is shared with the finder, which may outlive the reader or not.
  Reader(std::shared_ptr<Lane> lane, Options options);

  Result<std::size_t> poll(std::size_t records_max, RecordIntake& intake) override;
  std::span<const Split> splits() const override { return splits_; }
  bool knows_splits() const override { return knows_splits_; }
  bool has_ended() const override;
  std::vector<SplitPosition> positions() const override;

 private:
  // Beside the Split of the same index.
  struct Progress {
    std::int64_t position;
    std::optional<std::int64_t> end;
  };
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  using TopicHandle = rd_kafka_topic_t*;

  // One call of poll.
  struct Round {
    Reader& reader;
    RecordIntake& intake;
    std::size_t records_max;
    std::size_t records = 0;
    std::optional<Error> failure;
  };

  Status take_found();
  void add(FoundSplit found);
  void on_message(rd_kafka_message_t& message, Round& round);
  void on_error(const rd_kafka_message_t& message, Round& round);
  void hand_over(rd_kafka_message_t& message, std::uint32_t split, Round& round);
  std::optional<std::uint32_t> split_of(TopicHandle topic, std::int32_t number);
  void read_headers(const rd_kafka_message_t& message);
  void end_if_reached(std::uint32_t split);
  void refresh_one_lag();

  // Set at construction.
  std::shared_ptr<Lane> lane_;
  Options options_;

  // Touched only on the worker thread.
  std::vector<Split> splits_;
  std::vector<Progress> progress_;
  std::map<Partition, std::uint32_t> index_;
  std::map<std::pair<TopicHandle, std::int32_t>, std::uint32_t> index_by_handle_;
  std::pair<TopicHandle, std::int32_t> last_key_ = {nullptr, 0};
  std::uint32_t last_split_ = 0;
  bool knows_splits_ = false;
  std::size_t next_lag_ = 0;
  Headers headers_;
};

}  // namespace weir::kafka
