#include "state_place.h"

#include "checkpoint/state_folder.h"

namespace weir {

OptionDeclaration state_option() {
  return {"state",
          "DIR",
          "the host's state directory, as in its jobs file (var/state)",
          Completion::Folder};
}

std::filesystem::path state_directory(const Arguments& arguments) {
  return arguments.value("state").value_or("var/state");
}

std::filesystem::path state_place(const Arguments& arguments, const std::string& text) {
  if (text.find('/') != std::string::npos) return text;
  const std::size_t at = text.find('@');
  const std::string job = text.substr(0, at);
  if (at == std::string::npos) return image_folder(state_directory(arguments), job);
  return savepoints_folder(state_directory(arguments), job) / text.substr(at + 1);
}

}  // namespace weir
