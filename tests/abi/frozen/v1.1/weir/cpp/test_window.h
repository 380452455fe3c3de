// The windows of a job under test: slow and simple. Part of weir/testing.h.
#pragma once

#include <numeric>
#include <optional>

#include <weir/cpp/test_host.h>

namespace weir {
inline namespace v1 {
namespace detail {

struct TestRow {
  const void* data;
  std::int64_t time;
  std::string key;
};

// What one windowed operator holds: for each key the rows, or one accumulator, of each slice of
// time. Windows consist of whole slices.
class TestWindow final {
 public:
  TestWindow(const weir_operator& table, const weir_functions& functions, TestMemory& memory)
      : spec_(*table.window),
        state_(table.state),
        functions_(&functions),
        memory_(memory),
        slice_(std::gcd(spec_.size, spec_.slide)) {}

  // Windows, by their end, that must fire at once because of the row; nothing when it is too late
  // for all of its windows.
  std::optional<std::vector<std::int64_t>> add(std::uint32_t side,
                                               const TestRow& row,
                                               std::int64_t watermark,
                                               weir_error* error) {
    std::vector<std::int64_t> again;
    std::vector<std::int64_t> waiting;
    for (const std::int64_t end : ends_of(row.time)) {
      if (end - 1 + spec_.allowed_lateness <= watermark) continue;
      (end - 1 <= watermark ? again : waiting).push_back(end);
    }
    const bool is_late = again.empty() && waiting.empty();
    if (is_late) return std::nullopt;
    if (!keep(side, row, error)) return std::vector<std::int64_t>();
    for (const std::int64_t end : waiting) {
      auto& keys = waiting_[end];
      if (std::find(keys.begin(), keys.end(), row.key) == keys.end()) keys.push_back(row.key);
    }
    return again;
  }

  // Takes out the windows that are complete, with their keys in the order of their first rows.
  std::map<std::int64_t, std::vector<std::string>> complete(std::int64_t watermark) {
    std::map<std::int64_t, std::vector<std::string>> fired;
    while (!waiting_.empty() && waiting_.begin()->first - 1 <= watermark) {
      fired.insert(waiting_.extract(waiting_.begin()));
    }
    return fired;
  }

  weir_window bounds(std::int64_t end) const { return {end - spec_.size, end}; }

  // The accumulator of one key and window, merged from its slices.
  const void* state(const std::string& key, std::int64_t end) {
    void* merged = nullptr;
    for (auto& [at, content] : slices_of(key, end)) {
      if (content->state == nullptr) continue;
      if (merged == nullptr) {
        merged = copy(content->state);
        continue;
      }
      auto error = sized<weir_error>();
      const void* from = content->state;
      if (functions_->merge(functions_->self, 1, &merged, &from, &error) != WEIR_OK) {
        throw std::runtime_error("merge: " + std::string(error.message, error.message_size));
      }
    }
    return merged;
  }

  // The rows of one key, window and side, in order of time.
  std::vector<TestRow> rows(const std::string& key, std::int64_t end, std::uint32_t side) {
    std::vector<TestRow> rows;
    for (auto& [at, content] : slices_of(key, end)) {
      rows.insert(rows.end(), content->rows[side].begin(), content->rows[side].end());
    }
    std::stable_sort(rows.begin(), rows.end(), [](const TestRow& left, const TestRow& right) {
      return left.time < right.time;
    });
    return rows;
  }

 private:
  struct Slice {
    void* state = nullptr;
    std::vector<TestRow> rows[2];
  };

  // The ends of all windows that contain `time`, the first one first.
  std::vector<std::int64_t> ends_of(std::int64_t time) const {
    std::vector<std::int64_t> ends;
    std::int64_t start = slice_start(time - spec_.offset, spec_.slide) + spec_.offset;
    for (; start + spec_.size > time; start -= spec_.slide)
      ends.push_back(start + spec_.size);
    std::reverse(ends.begin(), ends.end());
    return ends;
  }

  static std::int64_t slice_start(std::int64_t time, std::int64_t length) {
    const std::int64_t rest = time % length;
    return time - (rest < 0 ? rest + length : rest);
  }

  bool keep(std::uint32_t side, const TestRow& row, weir_error* error) {
    const std::int64_t at = slice_start(row.time - spec_.offset, slice_);
    Slice& slice = slices_[row.key][at];
    if (state_ == nullptr) {
      slice.rows[side].push_back(row);
      return true;
    }
    if (slice.state == nullptr) slice.state = copy(state_->initial);
    auto rows = sized<weir_rows>();
    rows.count = 1;
    rows.rows = &row.data;
    rows.times = &row.time;
    return functions_->add(functions_->self, &rows, &slice.state, error) == WEIR_OK;
  }

  std::vector<std::pair<std::int64_t, Slice*>> slices_of(const std::string& key, std::int64_t end) {
    std::vector<std::pair<std::int64_t, Slice*>> found;
    auto& slices = slices_[key];
    const auto last = slices.lower_bound(end - spec_.offset);
    for (auto each = slices.lower_bound(end - spec_.size - spec_.offset); each != last; ++each) {
      found.emplace_back(each->first, &each->second);
    }
    return found;
  }

  void* copy(const void* state) {
    void* const made = memory_.allocate(state_->record->size);
    std::memcpy(made, state, state_->record->size);
    return made;
  }

  const weir_window_spec& spec_;  // Not a copy: it may be shorter than this header says.
  const weir_state* state_;
  const weir_functions* functions_;
  TestMemory& memory_;
  std::int64_t slice_;  // ms
  std::map<std::string, std::map<std::int64_t, Slice>> slices_;
  std::map<std::int64_t, std::vector<std::string>> waiting_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
