#include "job/job_code.h"

#include <utility>

#include "base/format.h"

namespace weir {
namespace {

class PluginFunctions final : public JobFunctions {
 public:
  explicit PluginFunctions(std::unique_ptr<JobInstance> instance)
      : instance_(std::move(instance)) {}
  const weir_functions* functions(std::size_t operator_index) const override {
    return instance_->functions(operator_index);
  }

 private:
  std::unique_ptr<JobInstance> instance_;
};

class PluginCode final : public JobCode {
 public:
  PluginCode(std::shared_ptr<const Plugin> plugin, std::size_t job)
      : plugin_(std::move(plugin)), job_(job) {}
  const JobDescription& description() const override { return plugin_->description().jobs[job_]; }
  std::string version() const override { return plugin_->description().version; }
  std::string build_id() const override { return plugin_->build_id(); }
  std::span<const weir_migration* const> migrations(std::size_t operator_index) const override {
    const auto& described = description().operators[operator_index].state;
    if (!described || described->migrations.empty()) return {};
    const weir_state& state = *plugin_->table().jobs[job_]->operators[operator_index]->state;
    return {state.migrations, state.migration_count};
  }
  Result<std::unique_ptr<JobFunctions>> create(
      std::span<const ParameterValue> values,
      std::shared_ptr<PluginServices> services) const override {
    TRY(auto instance, plugin_->create_instance(job_, values, std::move(services)));
    return std::make_unique<PluginFunctions>(std::move(instance));
  }

 private:
  std::shared_ptr<const Plugin> plugin_;
  std::size_t job_;
};

}  // namespace

Result<std::shared_ptr<const JobCode>> code_of(std::shared_ptr<const Plugin> plugin,
                                               std::string_view type) {
  const auto& jobs = plugin->description().jobs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].name == type) return std::make_shared<const PluginCode>(std::move(plugin), i);
  }
  return Error(ErrorKind::NotFound,
               format("plugin {} has no job {}", plugin->description().name, type));
}

}  // namespace weir
