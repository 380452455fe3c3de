#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "registry/trial.h"
#include "subcommand.h"

int main(int count, char** values) {
  weir::Console console{std::cout, std::cerr};
  try {
    const std::vector<std::string> arguments(values + 1, values + count);
    if (count == 3 && arguments.front() == weir::kTrialArgument) weir::run_trial(arguments.back());
    const weir::ExitCode code = weir::run_weir(arguments, console);
    std::cout.flush();
    return std::cout ? static_cast<int>(code) : static_cast<int>(weir::ExitCode::Unavailable);
  } catch (const std::exception& problem) {
    std::cerr << "weir: " << problem.what() << '\n';
    return static_cast<int>(weir::ExitCode::Unavailable);
  }
}
