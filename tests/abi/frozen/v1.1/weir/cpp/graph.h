// The graph of a job while its function runs: once to describe it, and again for each instance.
#pragma once

#include <memory>
#include <tuple>

#include <weir/cpp/functions.h>
#include <weir/cpp/parameter.h>
#include <weir/cpp/services.h>

namespace weir {
inline namespace v1 {
namespace detail {

// One operator with everything its table points to. Does not move.
struct Operator {
  weir_operator table = sized<weir_operator>();
  std::string uid;
  std::string doc;
  std::vector<std::uint32_t> inputs;
  weir_key key = sized<weir_key>();
  std::vector<std::string> key_name_texts;
  std::vector<weir_text> key_names;
  weir_window_spec window = sized<weir_window_spec>();
  weir_event_time event_time = sized<weir_event_time>();
  std::unique_ptr<Functions> functions;
  bool has_user = false;
};

inline auto shape_of(const weir_window_spec& window) {
  return std::tie(window.kind, window.size, window.slide, window.offset, window.allowed_lateness);
}

// Whether two runs of a job's function made the same of it. Types of records and states are part of
// the function.
inline bool is_same(const Operator& one, const Operator& other) {
  return one.uid == other.uid && one.table.kind == other.table.kind && one.inputs == other.inputs &&
         one.table.output == other.table.output && one.table.state == other.table.state &&
         one.key_name_texts == other.key_name_texts && one.key.types == other.key.types &&
         shape_of(one.window) == shape_of(other.window) &&
         one.event_time.field_offset == other.event_time.field_offset &&
         one.event_time.out_of_order == other.event_time.out_of_order;
}

class Graph final {
 public:
  // `host` is null while a job is described; `values` are then null too, and defaults hold.
  Graph(const weir_host* host, const weir_value* values) : host_(host), values_(values) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  const weir_host* host() const { return host_; }
  const std::deque<Operator>& operators() const { return operators_; }
  std::deque<ParameterSlot>& parameters() { return parameters_; }
  const std::deque<std::string>& pools() const { return pools_; }
  void set_job_doc(std::string_view text) { doc_ = text; }
  const std::string& job_doc() const { return doc_; }

  // What the author did wrong; empty: nothing.
  const std::string& mistake() const { return mistake_; }
  void blame(std::string mistake) {
    if (mistake_.empty()) mistake_ = std::move(mistake);
  }

  Operator& at(std::uint32_t index) { return operators_[index]; }

  std::uint32_t add(std::uint32_t kind,
                    std::string_view uid,
                    std::vector<std::uint32_t> inputs,
                    const weir_record* output,
                    std::unique_ptr<Functions> functions = nullptr) {
    if (!is_name(uid)) blame(name_mistake("uid", uid));
    for (const Operator& other : operators_) {
      if (other.uid == uid) blame("two operators are called " + std::string(uid));
    }
    for (const std::uint32_t input : inputs)
      operators_[input].has_user = true;
    Operator& made = operators_.emplace_back();
    made.uid = uid;
    made.inputs = std::move(inputs);
    made.functions = std::move(functions);
    made.table.kind = kind;
    made.table.uid = text_of(made.uid);
    made.table.input_count = static_cast<std::uint32_t>(made.inputs.size());
    made.table.inputs = made.inputs.data();
    made.table.output = output;
    return static_cast<std::uint32_t>(operators_.size() - 1);
  }

  void set_key(std::uint32_t index, std::vector<std::string> names, const std::uint32_t* types) {
    Operator& keyed = operators_[index];
    keyed.key_name_texts = std::move(names);
    for (const std::string& name : keyed.key_name_texts)
      keyed.key_names.push_back(text_of(name));
    keyed.key.field_count = static_cast<std::uint32_t>(keyed.key_names.size());
    keyed.key.names = keyed.key_names.data();
    keyed.key.types = types;
    keyed.table.key = &keyed.key;
  }

  void set_doc(std::uint32_t index, std::string_view doc) {
    operators_[index].doc = doc;
    operators_[index].table.doc = text_of(operators_[index].doc);
  }

  template <class T>
  ParameterSlot& parameter(std::string_view name, const T& default_value, std::string_view doc) {
    for (const ParameterSlot& other : parameters_) {
      if (other.name == name) blame("two parameters are called " + std::string(name));
    }
    const std::size_t index = parameters_.size();
    ParameterSlot& slot = parameters_.emplace_back();
    fill_slot(slot, name, default_value, doc);
    if (const auto mistake = mistake_in(slot); !mistake.empty()) blame(mistake);
    if (values_ != nullptr && index < parameter_count && !slot.set(values_[index])) {
      blame("the value of parameter " + slot.name + " is of another type");
    }
    return slot;
  }

  void add_pool(std::string_view name) {
    if (name.empty()) blame("a pool has no name");
    if (std::find(pools_.begin(), pools_.end(), name) == pools_.end()) pools_.emplace_back(name);
  }

  // To be called when the job's function has returned; now its functions may be called.
  void close() {
    check_ends();
    for (ParameterSlot& slot : parameters_) {
      if (slot.was_read_too_early) {
        blame("parameter " + slot.name +
              " is read where the graph is made, which cannot depend on it: capture the handle in "
              "a function and read it there");
      }
      slot.is_readable = true;
    }
  }

  // Empty: the same graph.
  std::string difference_from(const Graph& other) const {
    if (operators_.size() != other.operators_.size()) return "the number of operators";
    for (std::size_t i = 0; i < operators_.size(); ++i) {
      if (!is_same(operators_[i], other.operators_[i])) return "operator " + operators_[i].uid;
    }
    const auto is_same_name = [](const ParameterSlot& one, const ParameterSlot& two) {
      return one.name == two.name && one.default_value.type == two.default_value.type;
    };
    if (!std::equal(parameters_.begin(),
                    parameters_.end(),
                    other.parameters_.begin(),
                    other.parameters_.end(),
                    is_same_name)) {
      return "the parameters";
    }
    return pools_ == other.pools_ ? "" : "the pools";
  }

  // How many `values` there are.
  std::uint32_t parameter_count = 0;

 private:
  void check_ends() {
    for (const Operator& each : operators_) {
      if (each.table.kind == WEIR_SINK || each.has_user) continue;
      blame("the rows of " + each.uid + " go nowhere: end the stream in .sink(\"name\")");
    }
    if (operators_.empty()) blame("has no operators: start it with flow.source<Record>(\"name\")");
  }

  const weir_host* host_;
  const weir_value* values_;
  std::deque<Operator> operators_;
  std::deque<ParameterSlot> parameters_;
  std::deque<std::string> pools_;
  std::string doc_;
  std::string mistake_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
