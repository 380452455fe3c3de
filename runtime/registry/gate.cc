#include "registry/gate.h"

#include <string_view>
#include <utility>

#include "plugin/elf_dynamic.h"
#include "plugin/manifest.h"
#include "registry/gate_rules.h"

namespace weir {
namespace {

// The rule says already where it is.
GateFinding about_manifest(const Error& error) {
  constexpr std::string_view kPlace = "manifest: ";
  std::string text = error.message();
  if (text.starts_with(kPlace)) text.erase(0, kPlace.size());
  return {"manifest", std::move(text)};
}

}  // namespace

Verdict judge(const Candidate& candidate, const HostSide& host) {
  Verdict verdict;
  auto manifest = read_manifest_in(candidate.library.bytes);
  auto library = read_elf_dynamic(candidate.library.bytes);
  if (manifest) {
    verdict.plugin = *std::move(manifest);
  } else if (library) {
    verdict.findings.push_back(about_manifest(manifest.error()));
  }
  if (!library) {
    verdict.findings.push_back({"file", library.error().message()});
    return verdict;
  }
  GateFile plugin{.name = {}, .dynamic = *std::move(library)};
  std::vector<GateFile> private_libraries;
  for (const CandidateFile& file : candidate.private_libraries) {
    auto dynamic = read_elf_dynamic(file.bytes);
    if (dynamic) {
      private_libraries.push_back({file.name, *std::move(dynamic)});
    } else {
      verdict.findings.push_back({"file", file.name + ": " + dynamic.error().message()});
    }
  }
  apply_gate_rules(plugin, private_libraries, host, verdict.findings);
  return verdict;
}

}  // namespace weir
