#include "connectors/file/file_name.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <glob.h>
#include <system_error>

#include "base/format.h"

namespace weir::file {
namespace {

namespace fs = std::filesystem;

// The number in a file's name, if it is one of the rotated files of `path`.
std::optional<std::uint64_t> number_of(const fs::path& path, const std::string& name) {
  const std::string front = path.stem().string() + ".";
  const std::string back = path.extension().string();
  if (name.size() <= front.size() + back.size()) return std::nullopt;
  if (!name.starts_with(front) || !name.ends_with(back)) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = name.data() + name.size() - back.size();
  const auto [rest, code] = std::from_chars(name.data() + front.size(), end, number);
  if (code != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace

bool is_pattern(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

Result<std::vector<std::string>> matching_files(const std::string& pattern) {
  glob_t matches{};
  const int outcome = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
  std::vector<std::string> files;
  for (std::size_t i = 0; outcome == 0 && i < matches.gl_pathc; ++i) {
    std::error_code failure;
    if (!fs::is_directory(matches.gl_pathv[i], failure)) files.emplace_back(matches.gl_pathv[i]);
  }
  ::globfree(&matches);
  if (outcome != 0 && outcome != GLOB_NOMATCH) {
    return Error(ErrorKind::Unavailable, format("look for files {}", pattern));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string numbered(const std::string& path, std::uint64_t number) {
  const fs::path whole(path);
  const std::string name =
      format("{}.{}{}", whole.stem().string(), number, whole.extension().string());
  return (whole.parent_path() / name).string();
}

Result<std::optional<std::uint64_t>> largest_number(const std::string& path) {
  const fs::path whole(path);
  const fs::path folder = whole.parent_path().empty() ? "." : whole.parent_path();
  std::optional<std::uint64_t> largest;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const auto number = number_of(whole, entry->path().filename().string());
    if (number) largest = std::max(largest.value_or(0), *number);
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return Error(ErrorKind::Unavailable, format("list {}: {}", folder.string(), failure.message()));
  }
  return largest;
}

}  // namespace weir::file
