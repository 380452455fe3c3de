// The parts of ELF this needs: the file header (64 bytes) says where the table of section headers
// is, how long each entry is and how many there are, and which section holds the names. A section
// header says name (offset into the names), type, offset and size.

#include "plugin/elf.h"

#include <cstring>
#include <elf.h>
#include <optional>

#include "base/format.h"
#include "plugin/elf_bytes.h"

namespace weir {
namespace {

Error corrupt(std::string message) {
  return Error(ErrorKind::Corrupt, std::move(message));
}

Result<std::string_view> bytes_of(std::string_view file, const Elf64_Shdr& section) {
  if (section.sh_type == SHT_NOBITS) return corrupt("the section is not in the file");
  const auto bytes = slice(file, section.sh_offset, section.sh_size);
  if (!bytes) return corrupt("the section lies behind the end of the file");
  return *bytes;
}

}  // namespace

Result<Elf64_Ehdr> read_elf_header(std::string_view file) {
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return corrupt("not an ELF file");
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) {
    return Error(ErrorKind::Incompatible, "not a 64-bit little-endian library");
  }
  if (header->e_type != ET_DYN) {
    return Error(ErrorKind::Incompatible, "not a shared library");
  }
  if (header->e_shentsize != sizeof(Elf64_Shdr)) {
    return corrupt(format("section headers have {} bytes", header->e_shentsize));
  }
  return *header;
}

Result<std::string_view> find_elf_section(std::string_view file, std::string_view name) {
  TRY(const Elf64_Ehdr header, read_elf_header(file));
  const auto names_header = read_at<Elf64_Shdr>(
      file, header.e_shoff + std::uint64_t{header.e_shstrndx} * sizeof(Elf64_Shdr));
  if (header.e_shstrndx >= header.e_shnum || !names_header) {
    return corrupt("the names of the sections are missing");
  }
  TRY(const std::string_view names, bytes_of(file, *names_header));

  std::optional<Elf64_Shdr> found;
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = read_at<Elf64_Shdr>(file, header.e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) return corrupt("the section headers lie behind the end of the file");
    if (text_at(names, section->sh_name) != name) continue;
    if (found) return corrupt(format("has two sections {}", name));
    found = section;
  }
  if (!found) return Error(ErrorKind::NotFound, format("has no section {}", name));
  return bytes_of(file, *found);
}

std::string read_build_id(std::string_view file) {
  const auto note = find_elf_section(file, ".note.gnu.build-id");
  if (!note) return {};
  const auto header = read_at<Elf64_Nhdr>(*note, 0);
  if (!header) return {};
  const std::uint64_t begin = sizeof(Elf64_Nhdr) + (std::uint64_t{header->n_namesz} + 3) / 4 * 4;
  const auto bytes = slice(*note, begin, header->n_descsz);
  if (!bytes) return {};
  std::string text;
  for (const char byte : *bytes)
    text += format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace weir
