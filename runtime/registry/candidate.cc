#include "registry/candidate.h"

#include <utility>

#include <weir/abi.h>

#include "base/format.h"
#include "base/list_folder.h"
#include "plugin/elf.h"
#include "plugin/manifest.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBundleFilesMax = 256;

Result<CandidateFile> read_file(const fs::path& path) {
  TRY(std::string bytes, read_plugin_file(path).during(path.string()));
  return CandidateFile{path.filename().string(), std::move(bytes)};
}

Result<Candidate> read_bundle(const fs::path& folder) {
  TRY(const auto paths, list_folder(folder));
  if (paths.size() > kBundleFilesMax) {
    return Error(ErrorKind::Invalid,
                 format("{}: holds {} files, a bundle has at most {}",
                        folder.string(),
                        paths.size(),
                        kBundleFilesMax));
  }
  Candidate bundle{folder, {}, {}};
  std::vector<std::string> plugins;
  for (const fs::path& path : paths) {
    TRY(CandidateFile file, read_file(path));
    if (find_elf_section(file.bytes, WEIR_MANIFEST_SECTION)) {
      plugins.push_back(file.name);
      bundle.library = std::move(file);
    } else {
      bundle.private_libraries.push_back(std::move(file));
    }
  }
  if (plugins.size() == 1) return bundle;
  return Error(ErrorKind::Invalid,
               format("{}: is no bundle: {} of its files have a manifest, exactly one is to be the "
                      "plugin",
                      folder.string(),
                      plugins.size()));
}

}  // namespace

Result<Candidate> read_candidate(const fs::path& path) {
  std::error_code trouble;
  if (fs::is_directory(path, trouble)) return read_bundle(path);
  TRY(CandidateFile library, read_file(path));
  return Candidate{path, std::move(library), {}};
}

}  // namespace weir
