#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "console.h"
#include "exit_code.h"

namespace weir {

// What is kept running.
struct Supervised {
  std::vector<std::string> arguments;     // Of this program, without its name.
  std::filesystem::path reports;          // Where it leaves reports of its death.
  std::chrono::milliseconds first_delay;  // See RestartDelay.
};

// Runs this program again as a child, and again whenever a signal killed it. Returns what the child
// ended with once it ends by itself. SIGTERM and SIGINT are passed on to it; who was asked to stop
// is not started again. Called before any other thread is made.
ExitCode supervise(const Supervised& supervised, const Clock& clock, Console& console);

}  // namespace weir
