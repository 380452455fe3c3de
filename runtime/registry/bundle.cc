#include "registry/bundle.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <sys/wait.h>

#include "base/format.h"
#include "plugin/elf_dynamic.h"
#include "plugin/manifest.h"
#include "registry/child_process.h"
#include "registry/lasting_file.h"
#include "registry/sha256.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kLibrariesMax = 255;
constexpr std::chrono::seconds kPatchMax(60);
constexpr std::string_view kOrigin = "$ORIGIN";

// What a file needs and the host does not give, by the name it is asked for.
using Renamed = std::map<std::string, std::string>;

// "libfoo.so.2" → "libfoo-HASH.so.2".
std::string packed_name(std::string_view needed, const std::string& hash) {
  const std::size_t ending = std::min(needed.find(".so"), needed.size());
  return format(
      "{}-{}{}", needed.substr(0, ending), hash.substr(0, kHashDigits), needed.substr(ending));
}

class Packer final {
 public:
  Packer(const PackRequest& request, const HostSide& host, const Clock& clock)
      : request_(request), host_(host), clock_(clock) {}

  Result<std::vector<PackedLibrary>> pack() {
    if (::mkdir(request_.bundle.c_str(), 0755) != 0) return system_error(request_.bundle);
    TRY(const std::string bytes, read(request_.plugin));
    TRY(const Renamed renamed, pack_needed(request_.plugin, bytes));
    if (renamed.empty()) {
      return Error(ErrorKind::Invalid,
                   format("{}: needs no library that the host does not give: add the file itself",
                          request_.plugin.string()));
    }
    TRY_DO(place(request_.plugin.filename(), bytes, {}, renamed));
    return std::move(packed_);
  }

 private:
  static Result<std::string> read(const fs::path& path) {
    return read_plugin_file(path).during(path.string());
  }

  // Packs what a file needs, what that needs first.
  Result<Renamed> pack_needed(const fs::path& path, const std::string& bytes) {
    TRY(const ElfDynamic dynamic, read_elf_dynamic(bytes).during(path.string()));
    Renamed renamed;
    for (const std::string_view needed : dynamic.needed) {
      if (host_.find(needed) != nullptr) continue;
      TRY(const fs::path from, find(std::string(needed), path, dynamic));
      TRY(renamed[std::string(needed)], pack_library(std::string(needed), from));
    }
    return renamed;
  }

  Result<std::string> pack_library(const std::string& needed, const fs::path& from) {
    if (const auto known = names_.find(needed); known != names_.end()) return known->second;
    if (packed_.size() == kLibrariesMax || !under_way_.insert(needed).second) {
      return Error(ErrorKind::Invalid,
                   format("{}: too many libraries, or some that need each other", from.string()));
    }
    TRY(const std::string bytes, read(from));
    TRY(const Renamed renamed, pack_needed(from, bytes));
    // What it needs is part of what it is.
    std::string content = bytes;
    for (const auto& [before, name] : renamed)
      content += '\n' + name;
    const std::string name = packed_name(needed, sha256_of(content));
    TRY_DO(place(name, bytes, name, renamed));
    names_[needed] = name;
    packed_.push_back({needed, name, from});
    return name;
  }

  // As the loader would look, but in our folders first.
  Result<fs::path> find(const std::string& needed,
                        const fs::path& path,
                        const ElfDynamic& dynamic) const {
    std::vector<fs::path> folders = request_.library_folders;
    const fs::path own = fs::absolute(path).parent_path();
    for (const std::string_view search : dynamic.search_paths) {
      for (std::size_t at = 0; at <= search.size();) {
        const std::size_t end = std::min(search.find(':', at), search.size());
        std::string folder(search.substr(at, end - at));
        if (folder.starts_with(kOrigin)) folder.replace(0, kOrigin.size(), own.string());
        if (!folder.empty()) folders.emplace_back(folder);
        at = end + 1;
      }
    }
    folders.push_back(own);
    std::error_code trouble;
    for (const fs::path& folder : folders) {
      if (fs::is_regular_file(folder / needed, trouble)) return folder / needed;
    }
    return Error(ErrorKind::NotFound,
                 format("{}: needs {}, which is neither beside it nor in the folders it names: say "
                        "where with --library-path",
                        path.string(),
                        needed));
  }

  // Puts a file into the bundle, with other names in it.
  Status place(const fs::path& name,
               const std::string& bytes,
               const std::string& soname,
               const Renamed& renamed) const {
    const fs::path path = request_.bundle / name;
    TRY_DO(write_new_file(path, bytes, 0644));
    // One change at a time: patchelf 0.14 mixes up the texts of several.
    if (!soname.empty()) TRY_DO(patch({"--set-soname", soname}, path));
    for (const auto& [before, after] : renamed)
      TRY_DO(patch({"--replace-needed", before, after}, path));
    if (renamed.empty()) return patch({"--remove-rpath"}, path);
    return patch({"--set-rpath", std::string(kOrigin)}, path);
  }

  Status patch(std::vector<std::string> arguments, const fs::path& file) const {
    arguments.insert(arguments.begin(), "patchelf");
    arguments.push_back(file.string());
    TRY(const ChildEnd end,
        run_child({.program = "patchelf",
                   .arguments = std::move(arguments),
                   .environment = own_environment(),
                   .limit = kPatchMax,
                   .clock = clock_}));
    if (end.status && WIFEXITED(*end.status) && WEXITSTATUS(*end.status) == 0) return Done{};
    return Error(ErrorKind::Invalid,
                 format("{}: patchelf failed: {}", file.string(), end.complaints));
  }

  const PackRequest& request_;
  const HostSide& host_;
  const Clock& clock_;
  std::map<std::string, std::string> names_;  // In the bundle, by those they are asked for.
  std::set<std::string> under_way_;
  std::vector<PackedLibrary> packed_;
};

}  // namespace

Result<std::vector<PackedLibrary>> pack_bundle(const PackRequest& request,
                                               const HostSide& host,
                                               const Clock& clock) {
  return Packer(request, host, clock).pack();
}

bool is_packed_name(std::string_view name) {
  const std::size_t ending = std::min(name.find(".so"), name.size());
  const std::string_view stem = name.substr(0, ending);
  if (stem.size() <= kHashDigits + 1 || stem[stem.size() - kHashDigits - 1] != '-') return false;
  const std::string_view digits = stem.substr(stem.size() - kHashDigits);
  return digits.find_first_not_of("0123456789abcdef") == digits.npos;
}

}  // namespace weir
