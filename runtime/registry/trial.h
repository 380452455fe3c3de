// Loads a plugin where it can do no harm: in a process of its own.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/clock.h"
#include "base/result.h"

namespace weir {

// The first argument by which the program knows that it is that process; the second is the file.
inline constexpr const char* kTrialArgument = "try-library";

struct TrialOptions {
  const Clock& clock;                                // Outlives the trial.
  std::filesystem::path program = "/proc/self/exe";  // Calls run_trial() when asked to.
  std::chrono::milliseconds limit = std::chrono::seconds(10);
};

// Runs the program to load the library, compare its descriptor with its manifest, and unload it.
// Plugin: it crashed, hung, ended the process or wrote to its output meanwhile; the error of
// Plugin::load() when that refused it; Unavailable when no process could be started.
Status put_on_trial(const std::filesystem::path& library, const TrialOptions& options);

// What that process does; `library` is absolute. Does not return.
[[noreturn]] void run_trial(const std::filesystem::path& library);

}  // namespace weir
