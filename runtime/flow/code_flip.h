#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

struct weir_functions;  // weir/abi.h

namespace weir {

struct CallSite;

// The functions that a job's operators have behind a barrier: each task takes its own as that
// barrier passes. The job keeps it, and the functions, until the barrier has passed every task. A
// value that nobody changes on the way.
class CodeFlip final {
 public:
  struct Entry {
    std::string uid;
    const weir_functions* functions = nullptr;  // Null for kinds without.
    const CallSite* site = nullptr;             // What the operator is in reports of calls.
  };

  explicit CodeFlip(std::vector<std::vector<Entry>> by_worker) : entries_(std::move(by_worker)) {}

  // Of an operator of the job.
  const Entry& entry(std::size_t worker, std::string_view uid) const {
    const auto& of_worker = entries_.at(worker);
    const auto found = std::ranges::find(of_worker, uid, &Entry::uid);
    CHECK(found != of_worker.end());
    return *found;
  }

 private:
  std::vector<std::vector<Entry>> entries_;
};

}  // namespace weir
