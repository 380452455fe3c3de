#include "connectors/ports/folder.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdlib.h>

#include "base/check.h"

namespace weir::tests {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Folder::write(std::string_view name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return path(name);
}

void Folder::append(std::string_view name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary | std::ios::app) << content;
}

std::string Folder::read(std::string_view name) const {
  std::ostringstream content;
  content << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
  return content.str();
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace weir::tests
