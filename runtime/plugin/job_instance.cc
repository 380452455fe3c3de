#include "base/format.h"
#include "plugin/call_error.h"
#include "plugin/control_call.h"
#include "plugin/host_tables.h"
#include "plugin/parameter_values.h"
#include "plugin/plugin.h"
#include "plugin/table_sizes.h"

namespace weir {
namespace {

Error broken(const OperatorDescription& each, std::string_view what) {
  return Error(ErrorKind::Plugin, format("operator {}: {}", each.uid, what));
}

// Whether the functions that an operator of its kind needs are there.
Status check_functions_of(const OperatorDescription& each, const weir_functions* functions) {
  if (each.kind == OperatorKind::Source || each.kind == OperatorKind::Union ||
      each.kind == OperatorKind::Sink) {
    return Done{};
  }
  if (functions == nullptr) return broken(each, "has no functions");
  if (!is_whole(*functions)) {
    return broken(each,
                  format("functions have struct_size {}, need at least {}",
                         functions->struct_size,
                         kSizeMin<weir_functions>));
  }
  const auto require = [&](bool is_there, std::string_view name) -> Status {
    if (is_there) return Done{};
    return broken(each, format("has no function {}", name));
  };
  switch (each.kind) {
    case OperatorKind::Filter: return require(functions->filter != nullptr, "filter");
    case OperatorKind::Map: return require(functions->map != nullptr, "map");
    case OperatorKind::KeyBy: return require(functions->key != nullptr, "key");
    case OperatorKind::WindowAggregate:
      TRY_DO(require(functions->add != nullptr, "add"));
      if (each.window->slide != each.window->size) {
        TRY_DO(require(functions->merge != nullptr, "merge, which sliding windows need"));
      }
      return require(functions->fire != nullptr, "fire");
    default: return require(functions->fire != nullptr, "fire");
  }
}

}  // namespace

JobInstance::JobInstance(std::shared_ptr<const Plugin> plugin,
                         const JobDescription& job,
                         std::unique_ptr<HostTables> host)
    : plugin_(std::move(plugin)), job_(job), host_(std::move(host)) {}

JobInstance::~JobInstance() {
  control_call([this] { discard(instance_); });
}

Status JobInstance::check_functions() const {
  if (instance_ == nullptr) return Error(ErrorKind::Plugin, "create returned no instance");
  if (!is_whole(*instance_) || instance_->destroy == nullptr ||
      instance_->set_parameters == nullptr || instance_->functions == nullptr) {
    return Error(ErrorKind::Plugin, "the instance is incomplete");
  }
  if (instance_->operator_count != job_.operators.size()) {
    return Error(ErrorKind::Plugin,
                 format("the instance has {} operators, the job {}",
                        instance_->operator_count,
                        job_.operators.size()));
  }
  for (std::size_t i = 0; i < job_.operators.size(); ++i) {
    TRY_DO(check_functions_of(job_.operators[i], instance_->functions[i]));
  }
  return Done{};
}

const weir_functions* JobInstance::functions(std::size_t operator_index) const {
  CHECK(operator_index < job_.operators.size());
  return instance_->functions[operator_index];
}

Status JobInstance::set_parameters(std::span<const ParameterValue> values) {
  TRY(const auto tables, value_tables(job_.parameters, values));
  weir_error error = fresh_call_error();
  const auto count = static_cast<std::uint32_t>(tables.size());
  if (instance_->set_parameters(instance_->self, tables.data(), count, &error) != WEIR_OK) {
    return error_of(error).during("set parameters");
  }
  return Done{};
}

Result<std::unique_ptr<JobInstance>> Plugin::create_instance(
    std::size_t job_index,
    std::span<const ParameterValue> values,
    std::shared_ptr<PluginServices> services) const {
  CHECK(job_index < description_.jobs.size());
  const JobDescription& job = description_.jobs[job_index];
  const std::string place = format("create job {} of plugin {}", job.name, description_.name);
  TRY(const auto tables, value_tables(job.parameters, values).during(place));

  auto host = std::make_unique<HostTables>(std::move(services));
  const weir_host* const host_table = host->host();
  std::unique_ptr<JobInstance> made(new JobInstance(shared_from_this(), job, std::move(host)));
  const weir_job* const table = table_->jobs[job_index];
  weir_error error = fresh_call_error();
  const auto created = control_call(
      [&] { return table->create(table, host_table, tables.data(), &made->instance_, &error); });
  if (created != WEIR_OK) {
    made->instance_ = nullptr;
    return error_of(error).during(place);
  }
  TRY_DO(made->check_functions().during(place));
  return made;
}

}  // namespace weir
