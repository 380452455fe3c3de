// Judges a plugin before anything of it is run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/description.h"
#include "registry/candidate.h"
#include "registry/host_side.h"

namespace weir {

// Why a plugin is refused.
struct GateFinding {
  std::string rule;  // "exports": one word or two for programs.
  std::string text;  // One sentence: what was found, what is needed, how to mend it.
  bool operator==(const GateFinding&) const = default;
};

struct Verdict {
  std::optional<PluginDescription> plugin;  // What its manifest says, if it can be read.
  std::vector<GateFinding> findings;        // All of them, not only the first.

  bool is_admitted() const { return plugin.has_value() && findings.empty(); }
};

// Runs nothing of it. Pure.
Verdict judge(const Candidate& candidate, const HostSide& host);

}  // namespace weir
