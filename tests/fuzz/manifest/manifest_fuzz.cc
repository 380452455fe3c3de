// Any bytes as a plugin file. An input that begins with "{" is the manifest itself; any other one
// says which bytes of a good file to change: two bytes for where, one for what.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "plugin/difference.h"
#include "plugin/manifest.h"
#include "plugin/rules.h"

namespace {

using weir::PluginDescription;
using weir::Result;

void look_at(const Result<PluginDescription>& plugin) {
  if (!plugin) {
    CHECK(!plugin.error().message().empty());
    return;
  }
  CHECK(weir::first_difference(*plugin, *plugin) == std::nullopt);
  if (const auto status = weir::check_description(*plugin); !status) {
    CHECK(!status.error().message().empty());
  }
}

// A library with the sections that have names and manifest.
std::string good_file() {
  const std::string names = std::string(".names") + '\0' + ".weir.manifest" + '\0';
  const std::string manifest =
      R"(WEIRMAN1{"abi":[1,0],"name":"p","version":"1.0.0","doc":"","records":[],"jobs":[],)"
      R"("source_connectors":[],"sink_connectors":[]})";
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  header.e_shoff = sizeof(header);
  Elf64_Shdr sections[2] = {};
  sections[0].sh_offset = sizeof(header) + sizeof(sections);
  sections[0].sh_size = names.size();
  sections[1].sh_name = 7;
  sections[1].sh_offset = sections[0].sh_offset + names.size();
  sections[1].sh_size = manifest.size();
  std::string file(reinterpret_cast<const char*>(&header), sizeof(header));
  file.append(reinterpret_cast<const char*>(sections), sizeof(sections));
  return file + names + manifest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == '{') {
    look_at(weir::parse_manifest({reinterpret_cast<const char*>(data), size}));
    return 0;
  }
  static const std::string kGood = good_file();
  static_cast<void>(weir::read_manifest_in({reinterpret_cast<const char*>(data), size}));
  // A copy of exactly this size, so that every byte read behind it is found.
  const auto file = std::make_unique<char[]>(kGood.size());
  std::memcpy(file.get(), kGood.data(), kGood.size());
  for (std::size_t i = 0; i + 3 <= size; i += 3) {
    file[(data[i] + 256u * data[i + 1]) % kGood.size()] = static_cast<char>(data[i + 2]);
  }
  look_at(weir::read_manifest_in({file.get(), kGood.size()}));
  return 0;
}
