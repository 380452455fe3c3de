#include "state_place.h"

#include "checkpoint/state_folder.h"
#include "remote.h"

namespace weir {

std::vector<OptionDeclaration> state_options() {
  std::vector<OptionDeclaration> options = remote_options();
  options.push_back({"state",
                     "DIR",
                     "the host's state directory (as the jobs file says, or var/state)",
                     Completion::Folder});
  return options;
}

std::filesystem::path state_directory(const Arguments& arguments) {
  if (const auto given = arguments.value("state")) return *given;
  return host_section(arguments).state;
}

std::filesystem::path state_place(const Arguments& arguments, const std::string& text) {
  if (text.find('/') != std::string::npos) return text;
  const std::size_t at = text.find('@');
  const std::string job = text.substr(0, at);
  if (at == std::string::npos) return image_folder(state_directory(arguments), job);
  return savepoints_folder(state_directory(arguments), job) / text.substr(at + 1);
}

}  // namespace weir
