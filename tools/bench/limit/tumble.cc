#include "tumble.h"

#include <charconv>
#include <utility>

#include "scan.h"

namespace weir::limit {
namespace {

constexpr std::int64_t kWindow = 30'000;

std::int64_t window_of(std::int64_t time) {
  return time - time % kWindow;
}

template <class Number>
void append_number(std::string& to, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end);
}

}  // namespace

void Tumble::take(std::uint32_t partition, std::string_view json) {
  std::int64_t time = 0;
  double loss = 0;
  std::string_view type;
  std::string_view uid;
  int missing = 4;
  scan(parser_, json, [&](auto key, auto value) {
    if (is_key(key, "ts")) {
      time = value.get_int64().value_unsafe();
    } else if (is_key(key, "type")) {
      type = value.get_string().value_unsafe();
    } else if (is_key(key, "uid")) {
      uid = value.get_string().value_unsafe();
    } else if (is_key(key, "loss")) {
      loss = value.get_double().value_unsafe();
    } else {
      return true;
    }
    return --missing > 0;
  });
  if (missing > 0 || type != "av") return;
  watermark_.see(partition, time);
  Pending& pending = block_[block_size_++];
  pending.key = ShortKey(uid);
  pending.hash = pending.key.hash();
  pending.window = window_of(time);
  pending.loss = loss;
  if (block_size_ == kBlock) update_block();
}

void Tumble::update_block() {
  for (std::size_t i = 0; i < block_size_; ++i) {
    Pending& pending = block_[i];
    const bool is_late = pending.window < fired_until_;
    pending.table = is_late ? nullptr : &table_of(pending.window);
    if (!is_late) pending.table->prefetch(pending.hash);
  }
  for (std::size_t i = 0; i < block_size_; ++i) {
    const Pending& pending = block_[i];
    if (pending.table == nullptr) continue;
    Stats& stats = pending.table->at(pending.key, pending.hash);
    ++stats.count;
    stats.sum += pending.loss;
    stats.min = std::min(stats.min, pending.loss);
    stats.max = std::max(stats.max, pending.loss);
  }
  block_size_ = 0;
  fire_until(watermark_.now());
}

Tumble::Table& Tumble::table_of(std::int64_t window) {
  if (window == last_window_) return *last_table_;
  auto found = open_.find(window);
  if (found == open_.end()) {
    if (spare_.empty()) spare_.emplace_back();
    found = open_.emplace(window, std::move(spare_.back())).first;
    spare_.pop_back();
  }
  last_window_ = window;
  last_table_ = &found->second;
  return found->second;
}

void Tumble::fire_until(std::int64_t watermark) {
  while (!open_.empty() && open_.begin()->first + kWindow - 1 <= watermark) {
    auto first = open_.begin();
    fire(first->first, first->second);
    fired_until_ = first->first + kWindow;
    first->second.clear();
    spare_.push_back(std::move(first->second));
    open_.erase(first);
    last_window_ = -1;
  }
}

void Tumble::fire(std::int64_t window, const Table& table) {
  rows_ += table.size();
  if (!sink_) return;
  table.each([&](const ShortKey& key, const Stats& stats) {
    json_.assign(R"({"uid":")").append(key.text()).append(R"(","window_start":)");
    append_number(json_, window);
    json_ += R"(,"count":)";
    append_number(json_, stats.count);
    json_ += R"(,"sum":)";
    append_number(json_, stats.sum);
    json_ += R"(,"min":)";
    append_number(json_, stats.min);
    json_ += R"(,"max":)";
    append_number(json_, stats.max);
    json_ += '}';
    sink_(key.text(), json_);
  });
}

void Tumble::finish() {
  update_block();
  fire_until(std::numeric_limits<std::int64_t>::max());
}

}  // namespace weir::limit
