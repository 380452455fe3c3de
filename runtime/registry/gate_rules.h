// The rules of the gate that look at what the loader would do. Inside this folder only.
#pragma once

#include <string>
#include <vector>

#include "plugin/elf_dynamic.h"
#include "registry/gate.h"

namespace weir {

struct GateFile {
  std::string name;  // Of a private library; empty: the plugin's own.
  ElfDynamic dynamic;
};

// Adds what is wrong with the files of a candidate.
void apply_gate_rules(const GateFile& plugin,
                      const std::vector<GateFile>& private_libraries,
                      const HostSide& host,
                      std::vector<GateFinding>& findings);

}  // namespace weir
