#include "rollout/scratch_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/check.h"

namespace weir {

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "weir-rollout-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code problem;
  std::filesystem::remove_all(path_, problem);
}

}  // namespace weir
