// What this host gives to the plugins that it loads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace weir {

// A shared library that plugins may use without bringing it along.
struct HostLibrary {
  std::string name;                         // "libc.so.6"
  std::set<std::string> versions;           // "GLIBC_2.36"
  std::unordered_set<std::string> symbols;  // What it exports.
};

struct HostSide {
  std::uint16_t machine = 0;           // EM_X86_64
  std::set<std::string> sanitizers;    // "AddressSanitizer", …
  std::vector<HostLibrary> libraries;  // The only ones that plugins may share with the host.

  const HostLibrary* find(std::string_view name) const;
};

// Of the process that asks: the C and C++ libraries and the runtimes of its sanitizers, as they are
// mapped. Takes some milliseconds.
Result<HostSide> read_host_side();

// The sanitizers that a file with these imports was built with, as far as all of a process must
// agree about them: "AddressSanitizer", "ThreadSanitizer", "MemorySanitizer".
std::set<std::string> sanitizers_of(const std::vector<std::string_view>& imports);

}  // namespace weir
