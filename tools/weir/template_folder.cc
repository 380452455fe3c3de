#include "template_folder.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include "base/format.h"

namespace weir {
namespace {

std::string filled_in(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [key, value] : values) {
    const std::string place = '@' + key + '@';
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos;) {
      text.replace(at, place.size(), value);
      at += value.size();
    }
  }
  return text;
}

Status copy_file(const std::filesystem::path& source,
                 const std::filesystem::path& target,
                 const std::map<std::string, std::string>& values) {
  std::ifstream in(source, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return Error(ErrorKind::Unavailable, format("cannot read {}", source.string()));
  std::ofstream out(target, std::ios::binary);
  out << filled_in(std::move(text), values);
  out.close();
  if (!out) return Error(ErrorKind::Unavailable, format("cannot write {}", target.string()));
  return Done{};
}

Status copy_files(const std::filesystem::path& source,
                  const std::filesystem::path& target,
                  const std::map<std::string, std::string>& values) {
  std::error_code problem;
  std::filesystem::create_directories(target, problem);
  if (problem) {
    return Error(ErrorKind::Unavailable,
                 format("cannot make {}: {}", target.string(), problem.message()));
  }
  auto file = std::filesystem::directory_iterator(source, problem);
  while (!problem && file != std::filesystem::directory_iterator()) {
    if (file->is_regular_file(problem)) {
      TRY_DO(copy_file(file->path(), target / file->path().filename(), values));
    }
    file.increment(problem);
  }
  if (problem) {
    return Error(ErrorKind::Unavailable,
                 format("cannot read {}: {}", source.string(), problem.message()));
  }
  return Done{};
}

}  // namespace

Status copy_template(const std::filesystem::path& source,
                     const std::filesystem::path& target,
                     const std::map<std::string, std::string>& values) {
  std::error_code problem;
  if (std::filesystem::exists(target, problem)) {
    return Error(ErrorKind::Invalid, format("{} is already there", target.string()));
  }
  Status copied = copy_files(source, target, values);
  if (!copied) std::filesystem::remove_all(target, problem);
  return copied;
}

}  // namespace weir
