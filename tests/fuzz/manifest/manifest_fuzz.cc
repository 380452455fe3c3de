// Any bytes as a plugin file. An input that begins with "{" is the manifest itself; any other one
// says which bytes of a good file to change: two bytes for where, one for what.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "plugin/difference.h"
#include "plugin/elf_dynamic.h"
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

template <class T>
void append(std::string& file, const T& value) {
  file.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

constexpr std::string_view kSectionNames("\0.names\0.weir.manifest\0.dynsym\0", 31);
constexpr std::string_view kNames("\0libp.so\0libc.so.6\0GLIBC_2.34\0free\0V1\0", 38);
constexpr std::string_view kManifest =
    R"(WEIRMAN1{"abi":[1,0],"name":"p","version":"1.0.0","doc":"","records":[],"jobs":[],)"
    R"("source_connectors":[],"sink_connectors":[]})";

// Where the parts of the good file begin, each behind the one before.
constexpr std::uint64_t kSegments = sizeof(Elf64_Ehdr);
constexpr std::uint64_t kSections = kSegments + 3 * sizeof(Elf64_Phdr);
constexpr std::uint64_t kDynamic = kSections + 4 * sizeof(Elf64_Shdr);
constexpr std::uint64_t kSymbols = kDynamic + 10 * sizeof(Elf64_Dyn);
constexpr std::uint64_t kNeeds = kSymbols + 2 * sizeof(Elf64_Sym);
constexpr std::uint64_t kGives = kNeeds + sizeof(Elf64_Verneed) + sizeof(Elf64_Vernaux);
constexpr std::uint64_t kTexts = kGives + sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux);
constexpr std::uint64_t kSectionTexts = kTexts + kNames.size();
constexpr std::uint64_t kManifestPlace = kSectionTexts + kSectionNames.size();
constexpr std::uint64_t kEnd = kManifestPlace + kManifest.size();

Elf64_Shdr section(std::uint32_t name, std::uint64_t offset, std::uint64_t size) {
  Elf64_Shdr header{};
  header.sh_name = name;
  header.sh_offset = offset;
  header.sh_size = size;
  return header;
}

Elf64_Phdr segment(std::uint32_t kind, std::uint64_t offset, std::uint64_t size) {
  Elf64_Phdr header{};
  header.p_type = kind;
  header.p_offset = header.p_vaddr = offset;
  header.p_filesz = size;
  return header;
}

// A library that is not more than what is read of one, and is mapped as it lies in the file.
std::string good_file() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_phoff = kSegments;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 3;
  header.e_shoff = kSections;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 4;
  std::string file;
  append(file, header);
  append(file, segment(PT_LOAD, 0, kEnd));
  append(file, segment(PT_DYNAMIC, kDynamic, 10 * sizeof(Elf64_Dyn)));
  append(file, segment(PT_GNU_STACK, 0, 0));
  append(file, section(1, kSectionTexts, kSectionNames.size()));
  append(file, section(8, kManifestPlace, kManifest.size()));
  append(file, section(23, kSymbols, 2 * sizeof(Elf64_Sym)));
  append(file, section(0, 0, 0));
  const std::pair<std::int64_t, std::uint64_t> tags[] = {{DT_NEEDED, 9},
                                                         {DT_SONAME, 1},
                                                         {DT_RUNPATH, 1},
                                                         {DT_STRTAB, kTexts},
                                                         {DT_STRSZ, kNames.size()},
                                                         {DT_SYMTAB, kSymbols},
                                                         {DT_VERNEED, kNeeds},
                                                         {DT_VERNEEDNUM, 1},
                                                         {DT_VERDEF, kGives},
                                                         {DT_NULL, 0}};
  for (const auto& [tag, value] : tags)
    append(file, Elf64_Dyn{tag, {value}});
  append(file, Elf64_Sym{});
  append(file, Elf64_Sym{30, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 0, 0, 0});
  append(file, Elf64_Verneed{1, 1, 9, sizeof(Elf64_Verneed), 0});
  append(file, Elf64_Vernaux{0, 0, 0, 19, 0});
  append(file, Elf64_Verdef{1, 0, 1, 1, 0, sizeof(Elf64_Verdef), 0});
  append(file, Elf64_Verdaux{35, 0});
  return file.append(kNames).append(kSectionNames).append(kManifest);
}

void look_at_dynamic(std::string_view file) {
  const auto dynamic = weir::read_elf_dynamic(file);
  if (!dynamic) {
    CHECK(!dynamic.error().message().empty());
    return;
  }
  // Every text lies in the file.
  std::size_t letters = dynamic->soname.size();
  for (const auto& name : dynamic->needed)
    letters += static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
  for (const auto& symbol : dynamic->symbols)
    letters += static_cast<std::size_t>(std::count(symbol.name.begin(), symbol.name.end(), '_'));
  CHECK(letters <= file.size() * (1 + dynamic->needed.size() + dynamic->symbols.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == '{') {
    look_at(weir::parse_manifest({reinterpret_cast<const char*>(data), size}));
    return 0;
  }
  static const std::string kGood = good_file();
  static const bool kIsGood = weir::read_elf_dynamic(kGood) && weir::read_manifest_in(kGood);
  CHECK(kIsGood);
  static_cast<void>(weir::read_manifest_in({reinterpret_cast<const char*>(data), size}));
  look_at_dynamic({reinterpret_cast<const char*>(data), size});
  // A copy of exactly this size, so that every byte read behind it is found.
  const auto file = std::make_unique<char[]>(kGood.size());
  std::memcpy(file.get(), kGood.data(), kGood.size());
  for (std::size_t i = 0; i + 3 <= size; i += 3) {
    file[(data[i] + 256u * data[i + 1]) % kGood.size()] = static_cast<char>(data[i + 2]);
  }
  look_at(weir::read_manifest_in({file.get(), kGood.size()}));
  look_at_dynamic({file.get(), kGood.size()});
  return 0;
}
