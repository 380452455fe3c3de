#include "operators/plugin_output.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

constexpr std::uint32_t kReserveMax = 4096;  // As weir_out says.
// A plugin that asks for more rows than it may still writes to what it asked for, up to this many
// bytes.
constexpr std::size_t kReserveBytesMax = 1 << 30;

}  // namespace

PluginOutput::PluginOutput(std::size_t stride)
    : port_{{sizeof(weir_out), 0, nullptr, &PluginOutput::reserve, &PluginOutput::commit}, this},
      stride_(stride) {}

weir_out* PluginOutput::open(std::span<const std::int64_t> times,
                             std::span<const std::uint32_t> records) {
  CHECK(records.empty() || records.size() == times.size());
  CHECK(port_.out.arena == nullptr);
  if (text_ == nullptr) text_ = std::make_shared<Block>(0, 0);
  port_.out.arena = arena_.open(*text_);
  times_ = times;
  records_ = records;
  first_source_ = 0;
  reserved_ = 0;
  complaint_.clear();
  return &port_.out;
}

Status PluginOutput::close() {
  CHECK(port_.out.arena != nullptr);
  port_.out.arena = nullptr;
  times_ = {};
  records_ = {};
  reserved_ = 0;
  if (!arena_.close()) complain("moved the arena's pointers outside the arena");
  if (!complaint_.empty()) return Error(ErrorKind::Plugin, complaint_);
  return Done{};
}

void PluginOutput::flush(Output& output) {
  CHECK(port_.out.arena == nullptr);
  if (rows_.empty()) return;
  RowBatch ready = std::exchange(rows_, {});
  std::size_t bytes = text_->bytes();
  for (const auto& block : ready.blocks)
    bytes += block->bytes();
  if (text_->bytes() > sizeof(Block)) ready.blocks.push_back(std::exchange(text_, nullptr));
  block_ = nullptr;
  used_ = 0;
  ready.bytes = bytes + vector_bytes(ready);
  if (ready.size() <= kBatchRows + kBatchRows / 2) return output.emit(std::move(ready));

  std::vector<std::uint32_t> part(kBatchRows);
  for (std::size_t first = 0; first < ready.size(); first += kBatchRows) {
    part.resize(std::min(kBatchRows, ready.size() - first));
    std::iota(part.begin(), part.end(), static_cast<std::uint32_t>(first));
    output.emit(select_rows(ready, part));
  }
}

void PluginOutput::flush_full(Output& output) {
  if (rows_.size() >= kBatchRows) flush(output);
}

void* PluginOutput::reserve(weir_out* out, std::uint32_t count) noexcept {
  return reinterpret_cast<Port*>(out)->self->reserve_rows(count);
}

void PluginOutput::commit(weir_out* out,
                          std::uint32_t count,
                          const std::uint32_t* sources) noexcept {
  reinterpret_cast<Port*>(out)->self->commit_rows(count, sources);
}

void* PluginOutput::reserve_rows(std::uint32_t count) {
  if (count == 0 || count > kReserveMax) {
    complain(format("reserved {} rows, not 1 to {}", count, kReserveMax));
    if (count * stride_ > kReserveBytesMax) return nullptr;
  }
  if (block_ == nullptr || block_->rows_max() - used_ < count) open_block(count);
  reserved_ = count;
  return block_->row(used_);
}

// A little more than asked for, so that a plugin which reserves much and commits little does not
// take a block for each row.
void PluginOutput::open_block(std::size_t rows_max) {
  const std::size_t spare = std::clamp<std::size_t>(times_.size(), 8, kBatchRows);
  block_ = std::make_shared<Block>(stride_, std::max(spare, rows_max + rows_max / 4));
  rows_.blocks.push_back(block_);
  used_ = 0;
}

void PluginOutput::commit_rows(std::uint32_t count, const std::uint32_t* sources) {
  if (count > reserved_)
    return complain(format("committed {} rows where {} were reserved", count, reserved_));
  const std::size_t source_count = times_.size() - first_source_;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (sources[i] < source_count) continue;
    return complain(format("committed a row made from row {} of {}", sources[i], source_count));
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    rows_.rows.push_back(block_->row(used_ + i));
    rows_.times.push_back(times_[first_source_ + sources[i]]);
    if (!records_.empty()) rows_.records.push_back(records_[first_source_ + sources[i]]);
  }
  used_ += count;
  reserved_ -= count;
}

void PluginOutput::complain(std::string text) {
  if (complaint_.empty()) complaint_ = "output: " + std::move(text);
}

}  // namespace weir
