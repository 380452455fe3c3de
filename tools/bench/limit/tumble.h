#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <simdjson.h>
#include <string>

#include "flat_table.h"
#include "job.h"

namespace weir::limit {

// W1: count, sum, least and greatest loss of each user in windows of 30 s; only records of type
// "av". Decodes and hashes a block of records, then fetches their slots, then updates them.
class Tumble final : public Job {
 public:
  Tumble(std::uint32_t partitions, RowSink sink) : watermark_(partitions), sink_(std::move(sink)) {}

  void take(std::uint32_t partition, std::string_view json) override;
  void finish() override;
  std::uint64_t rows() const override { return rows_; }

 private:
  struct Stats {
    std::uint64_t count = 0;
    double sum = 0;
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();
  };
  using Table = FlatTable<Stats>;

  struct Pending {
    ShortKey key;
    std::uint64_t hash;
    std::int64_t window;
    double loss;
    Table* table;
  };

  void update_block();
  void fire_until(std::int64_t watermark);
  void fire(std::int64_t window, const Table& table);
  Table& table_of(std::int64_t window);

  static constexpr std::size_t kBlock = 256;

  simdjson::ondemand::parser parser_;
  Watermark watermark_;
  std::int64_t fired_until_ = std::numeric_limits<std::int64_t>::min();
  std::array<Pending, kBlock> block_;
  std::size_t block_size_ = 0;
  std::map<std::int64_t, Table> open_;  // by the start of the window
  std::vector<Table> spare_;            // empty, with their memory
  std::int64_t last_window_ = -1;       // the window of `last_table_`
  Table* last_table_ = nullptr;
  RowSink sink_;
  std::uint64_t rows_ = 0;
  std::string json_;
};

}  // namespace weir::limit
