#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/spec.h"
#include "crash/call_sites.h"
#include "flow/code_flip.h"
#include "job/job_code.h"

namespace weir {

// One version of a job's code, ready to run: its functions for every worker, and what brings them
// to the operators of a graph that runs. Keeps its code mapped. Constructed and destroyed on the
// job's thread, as it calls the plugin for both; else on the control thread, and read by tasks.
class RunningCode final {
 public:
  struct Parts {
    const JobSpec& spec;  // Of which it keeps nothing.
    std::shared_ptr<const JobCode> code;
    std::shared_ptr<PluginServices> services;
    std::size_t workers = 1;
    CallSites& sites;  // Outlives the code.
  };
  static Result<std::unique_ptr<RunningCode>> construct(Parts parts);

  const JobCode& code() const { return *code_; }
  const std::shared_ptr<const JobCode>& shared_code() const { return code_; }
  // Of an operator, by its place in the code's description.
  const weir_functions* functions(std::size_t worker, std::size_t index) const {
    return functions_[worker]->functions(index);
  }
  const CallSite* site(std::size_t index) const { return sites_[index]; }

  // For a graph whose operators have the same uids. As long-lived as the code.
  const CodeFlip& flip() const { return flip_; }

 private:
  RunningCode(std::shared_ptr<const JobCode> code,
              std::vector<std::unique_ptr<JobFunctions>> functions,
              std::vector<const CallSite*> sites);
  std::vector<std::vector<CodeFlip::Entry>> entries() const;

  std::shared_ptr<const JobCode> code_;
  std::vector<std::unique_ptr<JobFunctions>> functions_;  // By worker.
  std::vector<const CallSite*> sites_;                    // By operator.
  CodeFlip flip_;
};

}  // namespace weir
