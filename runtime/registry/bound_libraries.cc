#include "registry/bound_libraries.h"

#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

struct BuildIdQuery {
  ElfW(Addr) base;
  std::string build_id;
};

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes)
    text += format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// The notes of a mapped object; the loader has accepted them.
std::string build_id_in(std::string_view notes) {
  constexpr std::string_view kOwner("GNU\0", 4);
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    const std::size_t name = padded(header.n_namesz);
    const std::size_t size = padded(header.n_descsz);
    if (name > notes.size() || size > notes.size() - name) return {};
    if (header.n_type == NT_GNU_BUILD_ID && notes.substr(0, header.n_namesz) == kOwner) {
      return hex(notes.substr(name, header.n_descsz));
    }
    notes.remove_prefix(name + size);
  }
  return {};
}

int look_for_build_id(dl_phdr_info* object, std::size_t, void* query_address) {
  auto& query = *static_cast<BuildIdQuery*>(query_address);
  if (object->dlpi_addr != query.base) return 0;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE || !query.build_id.empty()) continue;
    const auto* notes = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    query.build_id = build_id_in({notes, segment.p_memsz});
  }
  return 1;
}

Result<BoundLibrary> find_bound(const std::string& name) {
  void* const handle = ::dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return Error(ErrorKind::NotFound, format("{} is not mapped", name));
  const link_map* map = nullptr;
  const bool is_known = ::dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0;
  BoundLibrary bound{name, {}, {}};
  if (is_known) {
    bound.path = map->l_name;
    BuildIdQuery query{map->l_addr, {}};
    ::dl_iterate_phdr(&look_for_build_id, &query);
    bound.build_id = std::move(query.build_id);
  }
  ::dlclose(handle);
  return bound;
}

}  // namespace

Result<std::vector<BoundLibrary>> bound_libraries(const StoredVersion& version) {
  std::vector<BoundLibrary> all;
  TRY(all.emplace_back(), find_bound(version.library().string()));
  for (std::size_t i = 1; i < version.files.size(); ++i) {
    // As the plugin asks for it: by name, whatever folder it was found in.
    TRY(all.emplace_back(), find_bound(version.files[i].name));
  }
  return all;
}

Status check_bound_libraries(const StoredVersion& version) {
  TRY(const auto bound, bound_libraries(version));
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const StoredFile& file = version.files[i];
    std::error_code trouble;
    const bool is_it =
        std::filesystem::equivalent(bound[i].path, version.folder / file.name, trouble);
    if (is_it && bound[i].build_id == file.build_id) continue;
    return Error(
        ErrorKind::Corrupt,
        format("was bound to {} with build id {}, needs {} with build id {}: two libraries "
               "of one name cannot be told apart, make the bundle with weir pack",
               bound[i].path.string(),
               bound[i].build_id,
               (version.folder / file.name).string(),
               file.build_id));
  }
  return Done{};
}

}  // namespace weir
