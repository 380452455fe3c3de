#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "subcommand.h"

int main(int count, char** values) {
  weir::Console console{std::cout, std::cerr};
  try {
    const std::vector<std::string> arguments(values + 1, values + count);
    const weir::ExitCode code = weir::run_weir(arguments, console);
    std::cout.flush();
    return std::cout ? static_cast<int>(code) : static_cast<int>(weir::ExitCode::Unavailable);
  } catch (const std::exception& problem) {
    std::cerr << "weir: " << problem.what() << '\n';
    return static_cast<int>(weir::ExitCode::Unavailable);
  }
}
