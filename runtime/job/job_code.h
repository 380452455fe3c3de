#pragma once

#include <memory>
#include <span>
#include <string>

#include <weir/abi.h>

#include "base/result.h"
#include "plugin/plugin.h"

namespace weir {

// One running copy of a job's functions, for the tasks of one worker. Keeps its code mapped.
class JobFunctions {
 public:
  virtual ~JobFunctions() = default;
  // By index of the operator in the job's description; null for kinds without functions.
  virtual const weir_functions* functions(std::size_t operator_index) const = 0;
};

// The code of one job: what it is, and how to get running copies. Used on the control thread.
class JobCode {
 public:
  virtual ~JobCode() = default;
  virtual const JobDescription& description() const = 0;
  virtual std::string version() const = 0;
  // What the linker called the library, in hex; empty when it gave no name.
  virtual std::string build_id() const { return {}; }
  // The functions of the migrations of an operator's state, one for each that is described.
  virtual std::span<const weir_migration* const> migrations(std::size_t operator_index) const {
    static_cast<void>(operator_index);
    return {};
  }
  // `values`: one for each parameter. The services outlive the functions.
  virtual Result<std::unique_ptr<JobFunctions>> create(
      std::span<const ParameterValue> values, std::shared_ptr<PluginServices> services) const = 0;
};

// The job `type` of a plugin's library.
Result<std::shared_ptr<const JobCode>> code_of(std::shared_ptr<const Plugin> plugin,
                                               std::string_view type);

}  // namespace weir
