// Runs the operators of a job under test, one row at a time. Part of weir/testing.h.
#pragma once

#include <limits>

#include <weir/cpp/test_window.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Sees the job as the host does: only through the tables of the ABI.
class TestRun final {
 public:
  static constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();

  struct Rejected {
    std::string uid;
    std::string message;
  };
  // One operator, and what came out of it.
  struct Node {
    const weir_operator* table = nullptr;
    const weir_functions* functions = nullptr;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> users;  // operator, its input
    std::vector<std::int64_t> promises;                          // of its inputs
    std::int64_t watermark = kBeginning;
    std::unique_ptr<TestWindow> window;
    std::vector<TestRow> done;      // of a sink
    std::vector<TestRow> filtered;  // of a filter
    std::vector<TestRow> late[2];   // of a window, by input
  };

  TestRun(const weir_job& job, const weir_instance& instance) {
    for (std::uint32_t i = 0; i < job.operator_count; ++i) {
      const weir_operator& table = *job.operators[i];
      Node& node = nodes_.emplace_back();
      node.table = &table;
      node.functions = instance.functions[i];
      node.promises.assign(std::max<std::uint32_t>(table.input_count, 1), kBeginning);
      if (table.window != nullptr) {
        node.window = std::make_unique<TestWindow>(table, *node.functions, memory_);
      }
      for (std::uint32_t k = 0; k < table.input_count; ++k) {
        nodes_[table.inputs[k]].users.emplace_back(i, k);
      }
    }
  }

  TestMemory& memory() { return memory_; }
  std::vector<Rejected> rejected;

  std::uint32_t find(std::string_view uid) const {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      const weir_text text = nodes_[i].table->uid;
      if (std::string_view(text.data, text.size) == uid) return i;
    }
    throw std::invalid_argument("the job has no operator " + std::string(uid));
  }
  Node& at(std::uint32_t index) { return nodes_[index]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }

  // Hands what operator `index` made to those who use it.
  void pass_on(std::uint32_t index, const TestRow& row) {
    for (const auto& [user, input] : nodes_[index].users)
      process(user, input, row);
  }

  // Input `input` of operator `index` promises that nothing earlier follows.
  void advance(std::uint32_t index, std::uint32_t input, std::int64_t watermark) {
    Node& node = nodes_[index];
    node.promises[input] = std::max(node.promises[input], watermark);
    const std::int64_t merged = *std::min_element(node.promises.begin(), node.promises.end());
    if (merged <= node.watermark) return;
    node.watermark = merged;
    if (node.window != nullptr) {
      for (const auto& [end, keys] : node.window->complete(merged))
        fire(index, end, keys);
    }
    for (const auto& [user, its_input] : node.users)
      advance(user, its_input, merged);
  }

 private:
  void process(std::uint32_t index, std::uint32_t input, const TestRow& row) {
    Node& node = nodes_[index];
    switch (node.table->kind) {
      case WEIR_FILTER: return filter(index, row);
      case WEIR_MAP: return map(index, row);
      case WEIR_KEY_BY: return key(index, row);
      case WEIR_WINDOW_AGGREGATE:
      case WEIR_WINDOW_ROWS:
      case WEIR_COGROUP: return collect(index, input, row);
      case WEIR_SINK: node.done.push_back(row); return;
      default: return pass_on(index, row);
    }
  }

  static weir_rows single(const TestRow& row) {
    auto rows = sized<weir_rows>();
    rows.count = 1;
    rows.rows = &row.data;
    rows.times = &row.time;
    return rows;
  }

  static weir_error fresh_error() {
    auto error = sized<weir_error>();
    error.row = WEIR_NO_ROW;
    return error;
  }

  // A row was refused; a call that failed as a whole ends the test.
  void reject(std::uint32_t index, const weir_error& error) {
    const weir_text text = nodes_[index].table->uid;
    const std::string uid(text.data, text.size);
    const std::string message(error.message, error.message_size);
    if (error.row == WEIR_NO_ROW) throw std::runtime_error(uid + ": " + message);
    rejected.push_back({uid, message});
  }

  void filter(std::uint32_t index, const TestRow& row) {
    Node& node = nodes_[index];
    const weir_rows rows = single(row);
    weir_error error = fresh_error();
    std::uint8_t keep = 0;
    if (node.functions->filter(node.functions->self, &rows, &keep, &error) != WEIR_OK) {
      return reject(index, error);
    }
    if (keep != 0) return pass_on(index, row);
    node.filtered.push_back(row);
  }

  void map(std::uint32_t index, const TestRow& row) {
    Node& node = nodes_[index];
    const weir_rows rows = single(row);
    weir_error error = fresh_error();
    TestOut out(memory_, node.table->output->size);
    if (node.functions->map(node.functions->self, &rows, out.table(), &error) != WEIR_OK) {
      return reject(index, error);
    }
    for (const TestOut::Taken& taken : out.taken())
      pass_on(index, {taken.row, row.time, {}});
  }

  void key(std::uint32_t index, const TestRow& row) {
    Node& node = nodes_[index];
    const weir_rows rows = single(row);
    weir_error error = fresh_error();
    weir_bytes key{};
    weir_arena* const arena = memory_.arena();
    if (node.functions->key(node.functions->self, &rows, &key, arena, &error) != WEIR_OK) {
      return reject(index, error);
    }
    const auto* bytes = reinterpret_cast<const char*>(key.data);
    pass_on(index, {row.data, row.time, std::string(bytes, key.size)});
  }

  void collect(std::uint32_t index, std::uint32_t input, const TestRow& row) {
    Node& node = nodes_[index];
    weir_error error = fresh_error();
    const auto again = node.window->add(input, row, node.watermark, &error);
    if (error.row != WEIR_NO_ROW) return reject(index, error);
    if (!again) {
      node.late[input].push_back(row);
      return;
    }
    for (const std::int64_t end : *again)
      fire(index, end, {row.key});
  }

  void fire(std::uint32_t index, std::int64_t end, const std::vector<std::string>& keys) {
    for (const std::string& key : keys)
      fire_one(index, end, key);
  }

  void fire_one(std::uint32_t index, std::int64_t end, const std::string& key) {
    Node& node = nodes_[index];
    const weir_bytes bytes{reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
    const weir_window bounds = node.window->bounds(end);
    auto groups = sized<weir_groups>();
    groups.count = 1;
    groups.keys = &bytes;
    groups.windows = &bounds;
    const void* state = nullptr;
    Side sides[2];
    const weir_rows* tables[2] = {&sides[0].table, &sides[1].table};
    if (node.table->state != nullptr) {
      state = node.window->state(key, end);
      if (state == nullptr) return;
      groups.states = &state;
    } else {
      groups.side_count = node.table->kind == WEIR_COGROUP ? 2 : 1;
      for (std::uint32_t i = 0; i < groups.side_count; ++i) {
        sides[i].fill(node.window->rows(key, end, i));
      }
      groups.sides = tables;
    }
    weir_error error = fresh_error();
    TestOut out(memory_, node.table->output->size);
    if (node.functions->fire(node.functions->self, &groups, out.table(), &error) != WEIR_OK) {
      return reject(index, error);
    }
    for (const TestOut::Taken& taken : out.taken())
      pass_on(index, {taken.row, end - 1, {}});
  }

  struct Side {
    weir_rows table = sized<weir_rows>();
    std::vector<const void*> rows;
    std::vector<std::int64_t> times;

    void fill(const std::vector<TestRow>& from) {
      for (const TestRow& row : from) {
        rows.push_back(row.data);
        times.push_back(row.time);
      }
      table.count = static_cast<std::uint32_t>(from.size());
      table.rows = rows.data();
      table.times = times.data();
    }
  };

  TestMemory memory_;
  std::deque<Node> nodes_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
