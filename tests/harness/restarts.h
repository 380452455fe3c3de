#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flow/operator.h"
#include "harness/event.h"
#include "harness/operator_harness.h"
#include "model/key.h"

namespace weir::harness {

// What became of a run with crashes.
struct RestartedRun {
  Observed observed;  // Of epochs that were committed; rows sorted.
  // The steps that each user's rows saw: its rows, and the watermarks of the task they went to.
  std::map<std::string, std::vector<Step>> seen;
  std::size_t epochs = 0;
  std::size_t crashes = 0;
  std::size_t largest_crew = 0;
};

// Runs an operator as a crew of one to three tasks that share its key groups, over an image in
// memory: at random places a barrier, rows while it is collected, a crash that throws the crew away
// with all it did since the last commit, and a restore by a crew of another size. Watermarks reach
// some tasks later than others.
class Restarts final {
 public:
  using Factory = std::function<std::unique_ptr<Operator>(KeyGroupRange)>;
  using Print = OperatorHarness::Print;

  Restarts(Factory factory, Print print);

  RestartedRun run(const std::vector<Step>& steps, std::uint64_t seed) const;

 private:
  Factory factory_;
  Print print_;
};

// The answers for each user, taken together; all sorted.
Observed answer_of_all(const std::map<std::string, std::vector<Step>>& seen,
                       const std::function<Observed(const std::vector<Step>&)>& answer);

}  // namespace weir::harness
