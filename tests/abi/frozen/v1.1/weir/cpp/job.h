// A job's function as the tables of the ABI.
#pragma once

#include <functional>
#include <stdexcept>

#include <weir/cpp/flow.h>

namespace weir {
inline namespace v1 {
namespace detail {

using JobFunction = std::function<void(Flow&)>;

// One copy of a job with parameters of its own: the function ran once more and left its lambdas.
struct Instance {
  weir_instance table = sized<weir_instance>();
  Graph graph;
  std::vector<const weir_functions*> functions;

  Instance(const weir_host* host, const weir_value* values, std::uint32_t value_count)
      : graph(host, values) {
    graph.parameter_count = value_count;
    table.self = this;
    table.set_parameters = &set_parameters;
    table.destroy = [](void* self) noexcept { delete static_cast<Instance*>(self); };
  }

  // To be called when the job's function has run.
  void finish() {
    for (const Operator& each : graph.operators()) {
      functions.push_back(each.functions == nullptr ? nullptr : &each.functions->table);
    }
    table.operator_count = static_cast<std::uint32_t>(functions.size());
    table.functions = functions.data();
  }

  static weir_status set_parameters(void* self,
                                    const weir_value* values,
                                    std::uint32_t count,
                                    weir_error* error) noexcept {
    return guard_whole(error, [&] {
      auto& slots = static_cast<Instance*>(self)->graph.parameters();
      if (count != slots.size()) throw std::invalid_argument("another number of parameters");
      for (std::uint32_t i = 0; i < count; ++i) {
        if (values[i].type == slots[i].default_value.type) continue;
        throw std::invalid_argument("the value of parameter " + slots[i].name +
                                    " is of another type");
      }
      for (std::uint32_t i = 0; i < count; ++i)
        slots[i].set(values[i]);
    });
  }
};

// One kind of job, described by running its function once.
class Job final {
 public:
  Job(std::string_view name, JobFunction function)
      : name_(name), function_(std::move(function)), described_(nullptr, nullptr) {
    run(described_);
    for (const ParameterSlot& slot : described_.parameters())
      parameters_.add(slot);
    for (const Operator& each : described_.operators())
      operators_.push_back(&each.table);
    for (const std::string& pool : described_.pools())
      pools_.push_back(text_of(pool));
    table_.job = this;
    table_.name = text_of(name_);
    table_.doc = text_of(described_.job_doc());
    table_.parameters = parameters_.pointers.data();
    table_.parameter_count = static_cast<std::uint32_t>(parameters_.pointers.size());
    table_.operators = operators_.data();
    table_.operator_count = static_cast<std::uint32_t>(operators_.size());
    table_.pools = pools_.data();
    table_.pool_count = static_cast<std::uint32_t>(pools_.size());
    table_.create = &create;
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const std::string& name() const { return name_; }
  // Empty: nothing is wrong with the function.
  const std::string& mistake() const { return described_.mistake(); }
  const weir_job* table() const { return &table_; }

 private:
  struct Table : weir_job {
    Table() : weir_job(sized<weir_job>()) {}
    const Job* job = nullptr;
  };

  void run(Graph& graph) const {
    Flow flow(graph);
    function_(flow);
    graph.close();
  }

  static weir_status create(const weir_job* job,
                            const weir_host* host,
                            const weir_value* values,
                            weir_instance** instance,
                            weir_error* error) noexcept {
    return guard_whole(
        error, [&] { *instance = static_cast<const Table*>(job)->job->make(host, values); });
  }

  weir_instance* make(const weir_host* host, const weir_value* values) const {
    auto made = std::make_unique<Instance>(host, values, table_.parameter_count);
    run(made->graph);
    if (!made->graph.mistake().empty()) throw std::logic_error(made->graph.mistake());
    if (const auto difference = made->graph.difference_from(described_); !difference.empty()) {
      throw std::logic_error(
          "the function of job " + name_ +
          " made another graph than when it was described, which must not be: " + difference);
    }
    made->finish();
    return &made.release()->table;
  }

  std::string name_;
  JobFunction function_;
  Graph described_;
  ParameterTable parameters_;
  std::vector<const weir_operator*> operators_;
  std::vector<weir_text> pools_;
  Table table_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
