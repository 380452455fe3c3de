// Outlets that lead through channels to the tasks of another stage.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "flow/channel.h"
#include "flow/outlet.h"

namespace weir {

// A channel and what is waiting for room in it.
class Lane final {
 public:
  explicit Lane(Channel& channel) : channel_(&channel) {}
  void push(StreamItem item);
  bool drain();

 private:
  Channel* channel_;
  std::deque<StreamItem> waiting_;
};

// Leads to one task. The channel outlives the outlet.
class ForwardOutlet final : public Outlet {
 public:
  explicit ForwardOutlet(Channel& channel) : lane_(channel) {}
  void push(StreamItem item) override { lane_.push(std::move(item)); }
  Result<bool> drain() override { return lane_.drain(); }

 private:
  Lane lane_;
};

// Leads to the task that owns a row's key group; everything else goes to all of them. The
// channels, one for each worker in order, outlive the outlet.
class KeyedOutlet final : public Outlet {
 public:
  KeyedOutlet(std::span<Channel* const> channels, std::uint32_t group_count);

  void push(StreamItem item) override;
  Result<bool> drain() override;

 private:
  void push_rows(RowBatch batch);

  std::vector<Lane> lanes_;
  std::vector<std::uint16_t> worker_of_group_;
  std::vector<std::uint16_t> worker_of_row_;  // Of the batch being split.
};

// Divides a batch by the worker of each row. The parts share the blocks. `parts` has one
// (empty) batch for each worker; the order of the rows stays.
void split_rows(const RowBatch& batch,
                std::span<const std::uint16_t> worker_of_row,
                std::span<RowBatch> parts);

}  // namespace weir
