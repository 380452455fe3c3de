#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

namespace weir::limit {

// The work between input and output. One thread.
class Job {
 public:
  virtual ~Job() = default;

  // One record of a partition; partitions are numbered through all streams. 64 bytes behind `json`
  // may be read.
  virtual void take(std::uint32_t partition, std::string_view json) = 0;

  // No record follows: fires all that is open.
  virtual void finish() = 0;

  virtual std::uint64_t rows() const = 0;
};

// Takes one result row as JSON; empty for jobs that only count.
using RowSink = std::function<void(std::string_view key, std::string_view json)>;

// The least of the partitions' greatest times, less the out-of-orderness.
class Watermark final {
 public:
  explicit Watermark(std::uint32_t partitions)
      : greatest_(partitions, std::numeric_limits<std::int64_t>::min() / 2) {}

  void see(std::uint32_t partition, std::int64_t time) {
    greatest_[partition] = std::max(greatest_[partition], time);
  }

  std::int64_t now() const {
    constexpr std::int64_t kOutOfOrder = 5'000;
    return *std::min_element(greatest_.begin(), greatest_.end()) - kOutOfOrder - 1;
  }

 private:
  std::vector<std::int64_t> greatest_;
};

}  // namespace weir::limit
