#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "flow/operator.h"
#include "harness/event.h"

namespace weir::harness {

// All that came out of an operator, as text: rows in their order, the rest sorted.
struct Observed {
  std::vector<std::string> rows;  // As the harness was told to print them, behind their event time.
  std::vector<std::string> late;  // text_of(Input)
  std::vector<std::string> filtered;         // The same.
  std::vector<std::string> refused;          // text_of(Input) and the reason.
  std::vector<std::string> refused_windows;  // Key, bounds and reason.

  bool operator==(const Observed&) const = default;
};
void PrintTo(const Observed& observed, std::ostream* out);

// Adds what came out, and empties the output.
class RecordedOutput;
void observe(RecordedOutput& output,
             const std::function<std::string(const void* row)>& print,
             Observed& observed);

// How the same steps are put to the operator.
enum class Cut {
  Rows,    // One row per call.
  Whole,   // As much per call as stands between two watermarks.
  Random,  // Batches of random size.
};

// Runs an operator over the same steps in many ways. In each, what it handed on is read and freed
// before the next call, and its inputs do not outlive the call.
class OperatorHarness final {
 public:
  using Factory = std::function<std::unique_ptr<Operator>()>;
  using Print = std::function<std::string(const void* row)>;

  OperatorHarness(Factory factory, Print print);

  // Steps are followed by the end of all inputs. `seed` cuts, where that is random.
  Observed run(const std::vector<Step>& steps, Cut cut, std::uint64_t seed = 0) const;

  // Runs the steps in every way; fails the test unless all agree. What came out.
  Observed run_every_way(const std::vector<Step>& steps, std::uint64_t seed) const;

 private:
  Factory factory_;
  Print print_;
};

// The steps with rows of different ports, between two watermarks, in another order; rows of one
// port keep theirs.
std::vector<Step> interleave(const std::vector<Step>& steps, std::uint64_t seed);

}  // namespace weir::harness
