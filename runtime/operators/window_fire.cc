#include "operators/window_fire.h"

#include <utility>

#include "base/check.h"
#include "operators/plugin_call.h"

namespace weir {
namespace {

std::string_view as_text(const weir_bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

}  // namespace

WindowFire::WindowFire(const weir_functions& functions,
                       std::size_t output_stride,
                       std::uint32_t side_count)
    : functions_(&functions),
      rows_(output_stride),
      sides_(side_count),
      side_ends_(side_count),
      side_groups_(side_count),
      side_starts_(side_count) {}

void WindowFire::add_group(std::string_view key) {
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    if (!keys_.empty()) side_ends_[side].push_back(sides_[side].rows.size());
  }
  keys_.push_back({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
  windows_.push_back(window_);
  times_.push_back(window_.end - 1);
}

void WindowFire::add_state(std::string_view key, const void* state) {
  add_group(key);
  states_.push_back(state);
}

std::size_t WindowFire::row_count() const {
  std::size_t count = 0;
  for (const Side& side : sides_)
    count += side.rows.size();
  return count;
}

Status WindowFire::run(Output& output) {
  if (keys_.empty()) return Done{};
  close_groups();
  TRY_DO(call(output));
  clear();
  rows_.flush_full(output);
  return Done{};
}

std::size_t WindowFire::flush(Output& output) {
  rows_.flush(output);
  return std::exchange(rows_made_, 0);
}

// Now that their vectors do not move any more, the groups can point into them.
void WindowFire::close_groups() {
  for (std::size_t number = 0; number < sides_.size(); ++number) {
    const Side& side = sides_[number];
    CHECK(side.rows.size() == side.times.size());
    side_ends_[number].push_back(side.rows.size());
    std::size_t first = 0;
    for (const std::size_t end : side_ends_[number]) {
      side_groups_[number].push_back({sizeof(weir_rows),
                                      static_cast<std::uint32_t>(end - first),
                                      side.rows.data() + first,
                                      side.times.data() + first});
      first = end;
    }
  }
}

Status WindowFire::call(Output& output) {
  const std::size_t rows_before = rows_.row_count();
  weir_out* out = rows_.open(times_);
  for (PluginCall call("fire", keys_.size()); call.has_more();) {
    const std::uint32_t first = call.first();
    for (std::size_t side = 0; side < sides_.size(); ++side)
      side_starts_[side] = side_groups_[side].data() + first;
    const weir_groups groups{sizeof(weir_groups),
                             call.count(),
                             keys_.data() + first,
                             windows_.data() + first,
                             states_.empty() ? nullptr : states_.data() + first,
                             static_cast<std::uint32_t>(sides_.size()),
                             0,
                             sides_.empty() ? nullptr : side_starts_.data()};
    rows_.set_first_source(first);
    TRY_DO(call.finish(functions_->fire(functions_->self, &groups, out, call.error())));
    if (!call.refused()) continue;
    const weir_window& window = windows_[*call.refused()];
    TRY_DO(output.reject_window(
        as_text(keys_[*call.refused()]), {{window.start}, {window.end}}, call.reason()));
  }
  TRY_DO(rows_.close());
  rows_made_ += rows_.row_count() - rows_before;
  return Done{};
}

void WindowFire::clear() {
  keys_.clear();
  windows_.clear();
  times_.clear();
  states_.clear();
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    sides_[side].rows.clear();
    sides_[side].times.clear();
    side_ends_[side].clear();
    side_groups_[side].clear();
  }
}

}  // namespace weir
