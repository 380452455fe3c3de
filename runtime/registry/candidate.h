#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace weir {

struct CandidateFile {
  std::string name;   // Without a folder.
  std::string bytes;  // All of it: what was judged is what is stored, whatever happens to the file.
};

// A plugin that wants into a store: a library, or a bundle (a folder of a library and the private
// libraries that it needs).
struct Candidate {
  std::filesystem::path path;  // As the user named it.
  CandidateFile library;
  std::vector<CandidateFile> private_libraries;  // By name.
};

// Reads a file, or a folder in which exactly one file has a manifest. NotFound, Unavailable, or
// Invalid when the folder is no bundle.
Result<Candidate> read_candidate(const std::filesystem::path& path);

}  // namespace weir
