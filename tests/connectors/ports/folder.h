#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tests {

// A folder of its own, gone with its owner.
class Folder final {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }

  // Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view content) const;
  void append(std::string_view name, std::string_view content) const;
  std::string read(std::string_view name) const;
  std::vector<std::string> names() const;  // Sorted.

 private:
  std::filesystem::path folder_;
};

}  // namespace weir::tests
