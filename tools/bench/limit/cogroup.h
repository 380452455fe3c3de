#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <simdjson.h>
#include <string>
#include <vector>

#include "flat_table.h"
#include "job.h"

namespace weir::limit {

// W4: audio and video of each user in windows of 30 s every 15 s. A row is stored once, in the
// slice of 15 s that two windows share, in short chunks linked by key and side.
class CoGroup final : public Job {
 public:
  // The first half of the partitions is audio, the second half video.
  explicit CoGroup(std::uint32_t partitions)
      : watermark_(partitions), video_from_(partitions / 2) {}

  void take(std::uint32_t partition, std::string_view json) override;
  void finish() override;
  std::uint64_t rows() const override { return rows_; }

 private:
  struct Row {
    std::int64_t time;
    bool is_frozen;
  };

  struct Chunk {
    static constexpr std::uint32_t kRows = 7;
    std::array<Row, kRows> rows;
    std::uint32_t before = 0;  // index of the chunk filled before this one, plus one
    std::uint32_t used = 0;
  };

  struct Sides {
    std::array<std::uint32_t, 2> newest = {};  // index of the chunk, plus one
  };

  struct Slice {
    FlatTable<Sides> table;
    std::vector<Chunk> chunks;
  };

  // What the job computes from one side's rows.
  struct SideSums {
    std::int64_t rows = 0;
    std::int64_t time = 0;
    std::int64_t frozen = 0;
  };

  struct Pending {
    ShortKey key;
    std::uint64_t hash;
    std::int64_t slice_start;
    Row row;
    std::uint32_t side;
    Slice* slice;
  };

  void update_block();
  void fire_until(std::int64_t watermark);
  void fire(const Slice* first, const Slice* second);
  void emit(const std::array<SideSums, 2>& sides);
  Slice& slice_of(std::int64_t start);
  static void add(const Slice& slice, const Sides& from, std::array<SideSums, 2>& to);

  static constexpr std::size_t kBlock = 256;

  simdjson::ondemand::parser parser_;
  Watermark watermark_;
  std::uint32_t video_from_;
  std::int64_t next_fire_ =
      std::numeric_limits<std::int64_t>::min();  // start of the oldest open window
  std::array<Pending, kBlock> block_;
  std::size_t block_size_ = 0;
  std::map<std::int64_t, std::unique_ptr<Slice>> open_;  // by the start of the slice
  std::vector<std::unique_ptr<Slice>> spare_;
  std::uint64_t rows_ = 0;
  std::uint64_t drift_ = 0;  // keeps the computed values alive
};

}  // namespace weir::limit
