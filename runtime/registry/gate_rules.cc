#include "registry/gate_rules.h"

#include <algorithm>
#include <charconv>
#include <elf.h>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <weir/abi.h>

#include "base/format.h"
#include "registry/bundle.h"

namespace weir {
namespace {

constexpr std::size_t kShownMax = 5;
constexpr std::string_view kBuild = "build it with weir_plugin() of the SDK's CMake package";

// "a, b, c and 2 more".
template <class Names>
std::string listed(const Names& names) {
  std::string text;
  std::size_t count = 0;
  for (const auto& name : names) {
    if (++count <= kShownMax) text.append(text.empty() ? "" : ", ").append(name);
  }
  return count > kShownMax ? format("{} and {} more", text, count - kShownMax) : text;
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_386: return "x86";
    case EM_X86_64: return "x86-64";
    case EM_ARM: return "ARM";
    case EM_AARCH64: return "AArch64";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "PowerPC";
    default: return format("machine {}", machine);
  }
}

std::vector<std::string_view> imports_of(const ElfDynamic& file) {
  std::vector<std::string_view> names;
  for (const ElfSymbol& symbol : file.symbols) {
    if (!symbol.is_defined) names.push_back(symbol.name);
  }
  return names;
}

// The numbers of "GLIBC_2.34" behind the name, to find the highest.
std::vector<unsigned> numbers_of(std::string_view version) {
  std::vector<unsigned> numbers;
  for (std::size_t at = version.find_first_of("0123456789"); at < version.size();) {
    unsigned number = 0;
    const auto [end, problem] =
        std::from_chars(version.data() + at, version.data() + version.size(), number);
    if (problem != std::errc()) break;
    numbers.push_back(number);
    at = version.find_first_of("0123456789", static_cast<std::size_t>(end - version.data()));
  }
  return numbers;
}

// The newest version of the library that begins like `wanted`: "up to GLIBC_2.36".
std::string newest_like(const HostLibrary& library, std::string_view wanted) {
  const std::string_view start = wanted.substr(0, wanted.find_first_of("0123456789"));
  std::string_view newest;
  for (const std::string& each : library.versions) {
    if (!each.starts_with(start) || numbers_of(each).empty()) continue;
    if (newest.empty() || numbers_of(newest) < numbers_of(each)) newest = each;
  }
  return newest.empty() ? "none like it" : format("up to {}", newest);
}

class Gate final {
 public:
  Gate(const std::vector<GateFile>& private_libraries,
       const HostSide& host,
       std::vector<GateFinding>& findings)
      : private_libraries_(private_libraries), host_(host), findings_(findings) {}

  void judge_plugin(const GateFile& plugin) {
    file_ = &plugin;
    if (!check_machine()) return;
    check_exports();
    check_binding();
    judge_any();
  }

  void judge_private(const GateFile& library) {
    file_ = &library;
    if (!check_machine()) return;
    if (library.dynamic.soname != library.name || !is_packed_name(library.name)) {
      add("bundle",
          format(
              "calls itself {}, it needs a file name, and that name, that are made of what it is: "
              "make the bundle with weir pack",
              library.dynamic.soname.empty() ? "nothing" : library.dynamic.soname));
    }
    judge_any();
  }

 private:
  // What holds for all that the loader maps.
  void judge_any() {
    check_unique_symbols();
    check_code();
    check_search_paths();
    check_dependencies();
    check_versions();
    check_symbols();
    check_sanitizers();
  }

  void add(std::string rule, std::string sentence) {
    if (!file_->name.empty()) sentence = format("{}: {}", file_->name, sentence);
    findings_.push_back({std::move(rule), std::move(sentence)});
  }

  bool check_machine() {
    const std::uint16_t machine = file_->dynamic.machine;
    if (machine == host_.machine) return true;
    add("machine",
        format("is made for {}, this host runs on {}: compile it for that",
               machine_name(machine),
               machine_name(host_.machine)));
    return false;
  }

  void check_exports() {
    std::vector<std::string_view> others;
    bool has_entry = false;
    for (const ElfSymbol& symbol : file_->dynamic.symbols) {
      if (!symbol.is_defined) continue;
      const bool is_entry = symbol.name == WEIR_PLUGIN_OPEN_SYMBOL;
      has_entry |= is_entry;
      if (!is_entry) others.push_back(symbol.name);
    }
    std::sort(others.begin(), others.end());
    if (!has_entry) {
      add("exports",
          format("exports {}, not {}, which the host calls: {}",
                 others.empty() ? "nothing" : listed(others),
                 WEIR_PLUGIN_OPEN_SYMBOL,
                 kBuild));
    } else if (!others.empty()) {
      add("exports",
          format("exports {} beside {}, which must be the only one: {}",
                 listed(others),
                 WEIR_PLUGIN_OPEN_SYMBOL,
                 kBuild));
    }
  }

  void check_binding() {
    if (file_->dynamic.is_bound_now) return;
    add("binding",
        "looks up its symbols when they are first called, all must be there when it is loaded: "
        "link it with -Wl,-z,now");
  }

  void check_unique_symbols() {
    std::vector<std::string_view> unique;
    for (const ElfSymbol& symbol : file_->dynamic.symbols) {
      if (symbol.is_defined && symbol.is_unique) unique.push_back(symbol.name);
    }
    if (unique.empty()) return;
    std::sort(unique.begin(), unique.end());
    add("unique symbols",
        format("shares {} with every other library that has them (STB_GNU_UNIQUE), versions must "
               "not share anything: compile it with -fno-gnu-unique and hide all symbols with a "
               "version script",
               listed(unique)));
  }

  void check_code() {
    const ElfDynamic& file = file_->dynamic;
    if (file.has_text_relocations) {
      add("text relocations",
          "has the loader write into its code (DT_TEXTREL), which must work wherever it lies: "
          "compile all of it with -fPIC");
    }
    if (file.has_static_tls) {
      add("static TLS",
          "needs static thread-local storage (DF_STATIC_TLS), for which a process has room in a "
          "few libraries only: compile all of it with -ftls-model=global-dynamic");
    }
    if (file.runs_on_stack) {
      add("stack",
          "wants a stack that can be executed, which the host must not have: link it with "
          "-Wl,-z,noexecstack");
    }
  }

  void check_search_paths() {
    std::vector<std::string_view> wrong;
    std::ranges::copy_if(file_->dynamic.search_paths,
                         std::back_inserter(wrong),
                         [](std::string_view path) { return path != "$ORIGIN"; });
    if (wrong.empty()) return;
    add("search path",
        format("has its libraries looked for in {} (RUNPATH), they may only lie beside it: link "
               "archives, or make a bundle with weir pack",
               listed(wrong)));
  }

  const GateFile* find_private(std::string_view name) const {
    const auto found = std::ranges::find(private_libraries_, name, &GateFile::name);
    return found == private_libraries_.end() ? nullptr : &*found;
  }

  bool is_available(std::string_view library) const {
    return host_.find(library) != nullptr || find_private(library) != nullptr;
  }

  void check_dependencies() {
    std::vector<std::string_view> missing;
    std::ranges::copy_if(file_->dynamic.needed,
                         std::back_inserter(missing),
                         [&](std::string_view name) { return !is_available(name); });
    if (missing.empty()) return;
    add("dependencies",
        format("needs {}, which is neither among the libraries that plugins share with the host "
               "nor in its bundle: link an archive, or make a bundle with weir pack",
               listed(missing)));
  }

  void check_versions() {
    for (const ElfVersionNeed& need : file_->dynamic.needed_versions) {
      const HostLibrary* library = host_.find(need.library);
      if (library == nullptr || need.is_weak) continue;
      if (library->versions.contains(std::string(need.version))) continue;
      add("symbol versions",
          format("needs {} of {}, this host has {}: compile it on a system that is not newer than "
                 "the host's",
                 need.version,
                 need.library,
                 newest_like(*library, need.version)));
    }
  }

  bool is_given(const std::string& symbol) const {
    const auto has = [&](const HostLibrary& library) { return library.symbols.contains(symbol); };
    const auto defines = [&](const GateFile& file) {
      return std::ranges::any_of(file.dynamic.symbols, [&](const ElfSymbol& each) {
        return each.is_defined && each.name == symbol;
      });
    };
    return std::ranges::any_of(host_.libraries, has) ||
           std::ranges::any_of(private_libraries_, defines);
  }

  // Of a runtime that clang links into the program instead of into libraries.
  static bool is_of_runtime(std::string_view symbol) {
    constexpr std::string_view kStarts[] = {
        "__asan_", "__tsan_", "__msan_", "__ubsan_", "__sanitizer_"};
    return std::ranges::any_of(kStarts,
                               [&](std::string_view start) { return symbol.starts_with(start); });
  }

  void check_symbols() {
    const ElfDynamic& file = file_->dynamic;
    // What they would have given is not known.
    const bool are_all_known =
        std::ranges::all_of(file.needed, [&](std::string_view name) { return is_available(name); });
    if (!are_all_known) return;
    std::vector<std::string_view> missing;
    for (const ElfSymbol& symbol : file.symbols) {
      if (symbol.is_defined || symbol.is_weak || is_of_runtime(symbol.name)) continue;
      if (!is_given(std::string(symbol.name))) missing.push_back(symbol.name);
    }
    if (missing.empty()) return;
    std::sort(missing.begin(), missing.end());
    add("symbols",
        format(
            "uses {}, which none of its libraries has: link what defines it, and with -Wl,-z,defs "
            "to be told",
            listed(missing)));
  }

  void check_sanitizers() {
    const std::set<std::string> found = sanitizers_of(imports_of(file_->dynamic));
    // A library in plain C may have nothing to watch.
    if (found == host_.sanitizers || (!file_->name.empty() && found.empty())) return;
    const auto named = [](const std::set<std::string>& sanitizers) {
      return sanitizers.empty() ? "no sanitizer" : listed(sanitizers);
    };
    add("sanitizer",
        format("is built with {}, this host with {}: build both alike",
               named(found),
               named(host_.sanitizers)));
  }

  const std::vector<GateFile>& private_libraries_;
  const HostSide& host_;
  std::vector<GateFinding>& findings_;
  const GateFile* file_ = nullptr;  // The one that is judged.
};

}  // namespace

void apply_gate_rules(const GateFile& plugin,
                      const std::vector<GateFile>& private_libraries,
                      const HostSide& host,
                      std::vector<GateFinding>& findings) {
  Gate gate(private_libraries, host, findings);
  gate.judge_plugin(plugin);
  for (const GateFile& library : private_libraries)
    gate.judge_private(library);
}

}  // namespace weir
