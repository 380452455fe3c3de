#include "store_place.h"

#include <utility>

#include "base/format.h"

namespace weir {

OptionDeclaration store_option() {
  return {
      "store", "FOLDER", "the store, as in the host's jobs file (var/plugins)", Completion::Folder};
}

VersionStore store_of(const Arguments& arguments) {
  return VersionStore(arguments.value("store").value_or("var/plugins"));
}

FindVersionNeeds version_needs(const Arguments&) {
  return {};
}

Result<std::vector<StoredVersion>> find_versions(const VersionStore& store,
                                                 const std::string& text) {
  const std::size_t at = text.find('@');
  const std::string plugin = text.substr(0, at);
  std::vector<StoredVersion> found;
  if (at != std::string::npos) {
    TRY(found.emplace_back(), store.find(plugin, text.substr(at + 1)));
    return found;
  }
  TRY(VersionStore::Contents contents, store.read());
  for (StoredVersion& version : contents.versions) {
    if (version.plugin == plugin) found.push_back(std::move(version));
  }
  if (!found.empty()) return found;
  return Error(ErrorKind::NotFound, format("no plugin {} in {}", plugin, store.folder().string()));
}

}  // namespace weir
