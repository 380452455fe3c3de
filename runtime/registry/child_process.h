// Another program, from its start to its end.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace weir {

struct ChildProcess {
  std::filesystem::path program;         // Looked for in PATH when it has no slash.
  std::vector<std::string> arguments;    // Its own name first.
  std::vector<std::string> environment;  // "NAME=VALUE".
  std::chrono::milliseconds limit;       // Then it is killed.
  const Clock& clock;
};

struct ChildEnd {
  std::optional<int> status;  // As waitpid() has it; nothing: it was killed at the limit.
  // The beginning of what it wrote to descriptors 1, 2 and 3.
  std::string output;
  std::string complaints;
  std::string report;
};

// Runs it with nothing to read and waits until it is over; whatever it has started in its process
// group goes with it. Unavailable when it cannot be started.
Result<ChildEnd> run_child(ChildProcess child);

// That of this process.
std::vector<std::string> own_environment();

}  // namespace weir
