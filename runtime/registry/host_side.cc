#include "registry/host_side.h"

#include <algorithm>
#include <array>
#include <link.h>
#include <map>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "plugin/elf_dynamic.h"
#include "plugin/manifest.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

// The last three are empty since glibc 2.34, but older plugins ask for them.
constexpr std::array<std::string_view, 7> kSystem = {"libc.so.6",
                                                     "libm.so.6",
                                                     "libstdc++.so.6",
                                                     "libgcc_s.so.1",
                                                     "libdl.so.2",
                                                     "libpthread.so.0",
                                                     "librt.so.1"};
// Whatever their number.
constexpr std::array<std::string_view, 4> kStarts = {
    "ld-linux", "libasan.so.", "libtsan.so.", "libubsan.so."};

// What a library with a sanitizer asks its runtime for as soon as it is mapped.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSanitizers = {
    {{"__asan_init", "AddressSanitizer"},
     {"__tsan_init", "ThreadSanitizer"},
     {"__msan_init", "MemorySanitizer"}}};

using Paths = std::map<std::string, fs::path>;  // By file name.

int collect_path(dl_phdr_info* object, std::size_t, void* paths) {
  const fs::path path = object->dlpi_name;
  if (path.is_absolute()) static_cast<Paths*>(paths)->emplace(path.filename().string(), path);
  return 0;
}

Result<HostLibrary> read_library(const std::string& name, const fs::path& path, HostSide& host) {
  TRY(const std::string bytes, read_plugin_file(path).during(path.string()));
  TRY(const ElfDynamic dynamic, read_elf_dynamic(bytes).during(path.string()));
  HostLibrary library{name, {}, {}};
  library.versions.insert(dynamic.defined_versions.begin(), dynamic.defined_versions.end());
  for (const ElfSymbol& symbol : dynamic.symbols) {
    if (symbol.is_defined) library.symbols.emplace(symbol.name);
  }
  host.machine = dynamic.machine;
  return library;
}

// This process itself, as it was compiled.
std::set<std::string> own_sanitizers() {
  std::set<std::string> found;
#if defined(__SANITIZE_ADDRESS__)
  found.insert("AddressSanitizer");
#endif
#if defined(__SANITIZE_THREAD__)
  found.insert("ThreadSanitizer");
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  found.insert("AddressSanitizer");
#endif
#if __has_feature(thread_sanitizer)
  found.insert("ThreadSanitizer");
#endif
#endif
  return found;
}

}  // namespace

const HostLibrary* HostSide::find(std::string_view name) const {
  const auto found = std::ranges::find(libraries, name, &HostLibrary::name);
  return found == libraries.end() ? nullptr : &*found;
}

std::set<std::string> sanitizers_of(const std::vector<std::string_view>& imports) {
  std::set<std::string> found;
  for (const auto& [symbol, sanitizer] : kSanitizers) {
    if (std::ranges::count(imports, symbol) > 0) found.emplace(sanitizer);
  }
  return found;
}

Result<HostSide> read_host_side() {
  Paths mapped;
  ::dl_iterate_phdr(&collect_path, &mapped);
  const auto libc = mapped.find("libc.so.6");
  if (libc == mapped.end()) {
    return Error(ErrorKind::Incompatible, "this host does not use the C library of GNU");
  }
  Paths chosen;
  for (const std::string_view name : kSystem) {
    const auto known = mapped.find(std::string(name));
    const fs::path beside = libc->second.parent_path() / name;
    std::error_code trouble;
    if (known != mapped.end()) {
      chosen.insert(*known);
    } else if (fs::exists(beside, trouble)) {
      chosen.emplace(name, beside);
    }
  }
  for (const auto& each : mapped) {
    const auto begins = [&](std::string_view start) { return each.first.starts_with(start); };
    if (std::ranges::any_of(kStarts, begins)) chosen.insert(each);
  }
  HostSide host;
  host.sanitizers = own_sanitizers();
  for (const auto& [name, path] : chosen) {
    TRY(host.libraries.emplace_back(), read_library(name, path, host));
  }
  return host;
}

}  // namespace weir
