// Runs a job's function without a host, with time under the control of the test.
//
//   weir::testing::JobTest job(enter_labels);
//   job.set("slow_enter_ms", 8'000);
//   job.feed("enter", EnterStep{.tm = at(10s), .user_id = "ann", ...});
//   job.end();
//   for (const EnterLabel& label : job.take<EnterLabel>("labels")) ...
//
// What is wrong with the test itself (an unknown port, another record type) throws
// std::invalid_argument.
#pragma once

#include <weir/cpp/test_run.h>
#include <weir/sdk.h>

namespace weir {
inline namespace v1 {
namespace testing {

// A row that a function refused by throwing.
using Rejected = detail::TestRun::Rejected;

// One job with parameters at their defaults, no rows and no time passed. Every row is judged by the
// watermark that the rows before it made.
class JobTest final {
 public:
  explicit JobTest(detail::JobFunction function) : job_("test", std::move(function)) {
    if (!job_.mistake().empty()) throw std::invalid_argument(job_.mistake());
    for (std::uint32_t i = 0; i < job_.table()->parameter_count; ++i) {
      values_.push_back(job_.table()->parameters[i]->default_value);
    }
    texts_.resize(values_.size());
    auto error = detail::sized<weir_error>();
    weir_instance* made = nullptr;
    const weir_job* const table = job_.table();
    if (table->create(table, host_.table(), values_.data(), &made, &error) != WEIR_OK) {
      throw std::invalid_argument(std::string(error.message, error.message_size));
    }
    instance_.reset(made);
    run_ = std::make_unique<detail::TestRun>(*table, *made);
  }

  // Changes a parameter of the running job.
  template <class T>
  void set(std::string_view name, const T& value) {
    detail::ParameterSlot slot;
    detail::fill_slot(slot, name, value, {});
    const std::size_t index = parameter(name);
    texts_[index] = slot.default_text;
    values_[index] = slot.default_value;
    values_[index].text = detail::text_of(texts_[index]);
    auto error = detail::sized<weir_error>();
    const auto count = static_cast<std::uint32_t>(values_.size());
    if (instance_->set_parameters(instance_->self, values_.data(), count, &error) != WEIR_OK) {
      throw std::invalid_argument(std::string(error.message, error.message_size));
    }
  }

  // What the pool of that name holds from now on.
  void fill_pool(const std::string& name, std::set<std::string> ids) {
    host_.pools[name] = std::move(ids);
  }

  // One row arrives at a source port and goes all the way. Its text is copied.
  template <class T>
  void feed(std::string_view port, T row) {
    const std::uint32_t index = port_of<T>(port);
    const weir_event_time& event_time = *run_->at(index).table->event_time;
    detail::keep_text(row, *run_->memory().arena());
    void* const kept = run_->memory().allocate(sizeof(T));
    new (kept) T(row);
    std::int64_t time = 0;
    std::memcpy(&time, static_cast<const char*>(kept) + event_time.field_offset, sizeof(time));
    run_->pass_on(index, {kept, time, {}});
    run_->advance(index, 0, time - event_time.out_of_order - 1);
  }

  // Nothing of this time or earlier follows at this port.
  void advance(std::string_view port, Time watermark) {
    run_->advance(source(port), 0, watermark.milliseconds);
  }
  // The same for all source ports.
  void advance(Time watermark) {
    for (std::uint32_t i = 0; i < run_->size(); ++i) {
      if (run_->at(i).table->kind == WEIR_SOURCE) run_->advance(i, 0, watermark.milliseconds);
    }
  }
  // All ports have ended: every window fires.
  void end() { advance(Time{std::numeric_limits<std::int64_t>::max()}); }

  // The rows that reached a sink port since the last call; their text lives as long as the test.
  template <class T>
  std::vector<T> take(std::string_view sink) {
    const std::uint32_t index = run_->find(sink);
    const weir_operator& table = *run_->at(index).table;
    if (table.kind != WEIR_SINK) throw std::invalid_argument(std::string(sink) + " is no sink");
    check_record<T>(sink, run_->at(table.inputs[0]).table->output);
    return take_rows<T>(run_->at(index).done);
  }
  // The rows that a filter did not keep.
  template <class T>
  std::vector<T> take_filtered(std::string_view filter) {
    return take_rows<T>(checked<T>(filter).filtered);
  }
  // The rows that came too late for all their windows; of a cogroup at input 0 or 1.
  template <class T>
  std::vector<T> take_late(std::string_view window, std::size_t input = 0) {
    auto& node = run_->at(run_->find(window));
    if (input >= node.table->input_count) throw std::invalid_argument("there is no such input");
    check_record<T>(window, run_->at(node.table->inputs[input]).table->output);
    return take_rows<T>(node.late[input]);
  }
  std::vector<Rejected> take_rejected() { return std::exchange(run_->rejected, {}); }

  std::vector<std::string> take_log() { return std::exchange(host_.lines, {}); }
  std::uint64_t counter(std::string_view name) const {
    const auto found = host_.counters.find(name);
    return found == host_.counters.end() ? 0 : found->second;
  }

 private:
  struct Destroy {
    void operator()(weir_instance* instance) const { instance->destroy(instance->self); }
  };

  std::size_t parameter(std::string_view name) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const weir_text text = job_.table()->parameters[i]->name;
      if (std::string_view(text.data, text.size) == name) return i;
    }
    throw std::invalid_argument("the job has no parameter " + std::string(name));
  }

  template <class T>
  void check_record(std::string_view uid, const weir_record* record) const {
    detail::require_record<T>();
    if (record == detail::record_of<T>()) return;
    throw std::invalid_argument("the rows of " + std::string(uid) + " are of type " +
                                std::string(record->name.data, record->name.size));
  }

  template <class T>
  detail::TestRun::Node& checked(std::string_view uid) {
    auto& node = run_->at(run_->find(uid));
    check_record<T>(uid, node.table->output);
    return node;
  }

  std::uint32_t source(std::string_view port) const {
    const std::uint32_t index = run_->find(port);
    if (run_->at(index).table->kind == WEIR_SOURCE) return index;
    throw std::invalid_argument(std::string(port) + " is no source");
  }

  template <class T>
  std::uint32_t port_of(std::string_view port) {
    const std::uint32_t index = source(port);
    check_record<T>(port, run_->at(index).table->output);
    return index;
  }

  template <class T>
  static std::vector<T> take_rows(std::vector<detail::TestRow>& rows) {
    std::vector<T> taken;
    for (const detail::TestRow& row : rows)
      taken.push_back(*static_cast<const T*>(row.data));
    rows.clear();
    return taken;
  }

  detail::TestHost host_;
  detail::Job job_;
  std::vector<weir_value> values_;
  std::deque<std::string> texts_;
  std::unique_ptr<weir_instance, Destroy> instance_;
  std::unique_ptr<detail::TestRun> run_;
};

}  // namespace testing
}  // namespace v1
}  // namespace weir
