#include "job/running_code.h"

#include <utility>

namespace weir {

RunningCode::RunningCode(std::shared_ptr<const JobCode> code,
                         std::vector<std::unique_ptr<JobFunctions>> functions,
                         std::vector<const CallSite*> sites)
    : code_(std::move(code)),
      functions_(std::move(functions)),
      sites_(std::move(sites)),
      flip_(entries()) {}

Result<std::unique_ptr<RunningCode>> RunningCode::construct(Parts parts) {
  std::vector<std::unique_ptr<JobFunctions>> functions;
  for (std::size_t worker = 0; worker < parts.workers; ++worker) {
    TRY(auto made, parts.code->create(parts.spec.parameters, parts.services));
    functions.push_back(std::move(made));
  }
  std::vector<const CallSite*> sites;
  for (const OperatorDescription& each : parts.code->description().operators) {
    sites.push_back(parts.sites.site({.job = parts.spec.name,
                                      .operator_uid = each.uid,
                                      .plugin = parts.spec.plugin,
                                      .plugin_version = parts.code->version(),
                                      .plugin_build = parts.code->build_id()}));
  }
  return std::unique_ptr<RunningCode>(
      new RunningCode(std::move(parts.code), std::move(functions), std::move(sites)));
}

std::vector<std::vector<CodeFlip::Entry>> RunningCode::entries() const {
  const auto& operators = code_->description().operators;
  std::vector<std::vector<CodeFlip::Entry>> by_worker;
  for (std::size_t worker = 0; worker < functions_.size(); ++worker) {
    auto& of_worker = by_worker.emplace_back();
    for (std::size_t i = 0; i < operators.size(); ++i)
      of_worker.push_back({operators[i].uid, functions(worker, i), site(i)});
  }
  return by_worker;
}

}  // namespace weir
