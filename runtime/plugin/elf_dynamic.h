// What the loader of the system would do with a shared library.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

struct ElfSymbol {
  std::string_view name;
  bool is_defined = false;  // Exported; otherwise looked for in other libraries.
  bool is_weak = false;     // May be looked for in vain.
  bool is_unique = false;   // STB_GNU_UNIQUE: one for all the libraries of a process.
};

struct ElfVersionNeed {
  std::string_view library;  // "libc.so.6"
  std::string_view version;  // "GLIBC_2.34"
  bool is_weak = false;
};

// Read from where the loader reads it: the program headers and the dynamic section. The texts lie
// in the file.
struct ElfDynamic {
  std::uint16_t machine = 0;  // EM_X86_64
  std::string_view soname;    // Empty: none.
  std::vector<std::string_view> needed;
  std::vector<std::string_view> search_paths;  // RPATH and RUNPATH.
  std::vector<ElfSymbol> symbols;              // Those that other libraries see or give.
  std::vector<ElfVersionNeed> needed_versions;
  std::vector<std::string_view> defined_versions;
  bool is_bound_now = false;          // All symbols are looked up while it is loaded.
  bool has_static_tls = false;        // Of which a process has room for a few libraries only.
  bool has_text_relocations = false;  // The loader writes into its code.
  bool runs_on_stack = false;         // It wants a stack whose content can be run.
};

// Corrupt when the file contradicts itself, Incompatible when it is no 64-bit little-endian shared
// library. Reads nothing outside of `file`, whatever stands in it.
Result<ElfDynamic> read_elf_dynamic(std::string_view file);

}  // namespace weir
