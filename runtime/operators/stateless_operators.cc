#include "operators/stateless_operators.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "model/key.h"
#include "operators/plugin_call.h"

namespace weir {
namespace {

// Keys are kept for every window they have; longer ones are a mistake of the plugin.
constexpr std::uint64_t kKeyBytesMax = 1 << 16;

void append_row(const RowBatch& from, std::size_t row, RowBatch& to) {
  to.rows.push_back(from.rows[row]);
  to.times.push_back(from.times[row]);
  if (from.is_keyed()) to.keys.push_back(from.keys[row]);
}

void clear_rows(RowBatch& batch) {
  batch.rows.clear();
  batch.times.clear();
  batch.keys.clear();
}

// Moves the row inside its batch, over a row that is not needed any more.
void move_row(RowBatch& batch, std::size_t from, std::size_t to) {
  batch.rows[to] = batch.rows[from];
  batch.times[to] = batch.times[from];
  if (batch.is_keyed()) batch.keys[to] = batch.keys[from];
  if (!batch.records.empty()) batch.records[to] = batch.records[from];
}

void shorten(RowBatch& batch, std::size_t size) {
  if (size < batch.size()) batch.bytes = batch.bytes / batch.size() * size;
  batch.rows.resize(size);
  batch.times.resize(size);
  if (batch.is_keyed()) batch.keys.resize(size);
  if (!batch.records.empty()) batch.records.resize(size);
}

}  // namespace

Status FilterOperator::process(std::size_t port, RowBatch batch, Output& output) {
  keep_.assign(batch.size(), 0);
  refused_.clear();
  for (PluginCall call("filter", batch.size()); call.has_more();) {
    const weir_rows rows = call.rows(batch.rows, batch.times);
    std::uint8_t* const keep = keep_.data() + call.first();
    TRY_DO(call.finish(functions_->filter(functions_->self, &rows, keep, call.error())));
    if (!call.refused()) continue;
    refused_.push_back(*call.refused());
    TRY_DO(output.reject(port, batch, *call.refused(), call.reason()));
  }

  clear_rows(dropped_);
  std::size_t kept = 0;
  auto refused = refused_.begin();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (refused != refused_.end() && *refused == i) {
      ++refused;
    } else if (keep_[i] == 0) {
      append_row(batch, i, dropped_);
    } else {
      if (kept != i) move_row(batch, i, kept);
      ++kept;
    }
  }
  if (!dropped_.empty()) {
    dropped_.blocks = batch.blocks;
    output.divert(SideStream::Filtered, port, dropped_);
    dropped_.blocks.clear();
  }
  shorten(batch, kept);
  if (!batch.empty()) output.emit(std::move(batch));
  return Done{};
}

Status MapOperator::process(std::size_t port, RowBatch batch, Output& output) {
  weir_out* const out = rows_.open(batch.times, batch.records);
  for (PluginCall call("map", batch.size()); call.has_more();) {
    const weir_rows rows = call.rows(batch.rows, batch.times);
    rows_.set_first_source(call.first());
    TRY_DO(call.finish(functions_->map(functions_->self, &rows, out, call.error())));
    if (!call.refused()) continue;
    TRY_DO(output.reject(port, batch, *call.refused(), call.reason()));
  }
  TRY_DO(rows_.close());
  rows_.flush(output);
  return Done{};
}

Status KeyByOperator::process(std::size_t port, RowBatch batch, Output& output) {
  const auto text = std::make_shared<Block>(1, 0);
  keys_.assign(batch.size(), weir_bytes{nullptr, 0});
  refused_.clear();
  for (PluginCall call("key", batch.size()); call.has_more();) {
    const weir_rows rows = call.rows(batch.rows, batch.times);
    weir_bytes* const keys = keys_.data() + call.first();
    weir_arena* const arena = arena_.open(*text);
    const weir_status status = functions_->key(functions_->self, &rows, keys, arena, call.error());
    if (!arena_.close()) return Error(ErrorKind::Plugin, "key: moved the arena out of its bounds");
    TRY_DO(call.finish(status));
    if (!call.refused()) continue;
    refused_.push_back(*call.refused());
    TRY_DO(output.reject(port, batch, *call.refused(), call.reason()));
  }

  batch.keys.resize(batch.size());
  std::size_t kept = 0;
  auto refused = refused_.begin();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (refused != refused_.end() && *refused == i) {
      ++refused;
      continue;
    }
    const weir_bytes& key = keys_[i];
    if (key.size > kKeyBytesMax || (key.data == nullptr && key.size > 0)) [[unlikely]] {
      TRY_DO(output.reject(port, batch, i, format("impossible key of {} bytes", key.size)));
      continue;
    }
    const auto* bytes = reinterpret_cast<const char*>(key.data);
    KeyView& view = batch.keys[i];
    view = {bytes, static_cast<std::uint32_t>(key.size), 0};
    view.hash = hash_key(view.bytes());
    if (kept != i) move_row(batch, i, kept);
    ++kept;
  }
  shorten(batch, kept);
  if (batch.empty()) return Done{};
  batch.bytes += text->bytes() + batch.keys.capacity() * sizeof(KeyView);
  batch.blocks.push_back(text);
  output.emit(std::move(batch));
  return Done{};
}

}  // namespace weir
