#include "plugin/elf.h"

#include <cstring>
#include <elf.h>

#include <gmock/gmock.h>

namespace weir {
namespace {

// A library with nothing but sections: the names, and those that are added.
class ElfFile final {
 public:
  ElfFile() {
    std::memcpy(header_.e_ident, ELFMAG, SELFMAG);
    header_.e_ident[EI_CLASS] = ELFCLASS64;
    header_.e_ident[EI_DATA] = ELFDATA2LSB;
    header_.e_type = ET_DYN;
    header_.e_shentsize = sizeof(Elf64_Shdr);
    add(".names", "");
  }

  Elf64_Ehdr& header() { return header_; }
  Elf64_Shdr& section(std::size_t index) { return sections_[index]; }

  void add(const std::string& name, const std::string& content) {
    Elf64_Shdr section{};
    section.sh_name = static_cast<Elf64_Word>(names_.size());
    section.sh_type = SHT_PROGBITS;
    section.sh_offset = sizeof(Elf64_Ehdr) + content_.size();
    section.sh_size = content.size();
    names_ += name + '\0';
    content_ += content;
    sections_.push_back(section);
    header_.e_shnum = static_cast<Elf64_Half>(sections_.size());
  }

  // `changes` sees header and sections in their last form.
  template <class Changes>
  std::string bytes(Changes changes) {
    sections_[0].sh_offset = sizeof(Elf64_Ehdr) + content_.size();
    sections_[0].sh_size = names_.size();
    header_.e_shoff = sections_[0].sh_offset + names_.size();
    changes(*this);
    std::string bytes(reinterpret_cast<const char*>(&header_), sizeof(header_));
    bytes += content_ + names_;
    bytes.append(reinterpret_cast<const char*>(sections_.data()),
                 sections_.size() * sizeof(Elf64_Shdr));
    return bytes;
  }
  std::string bytes() {
    return bytes([](ElfFile&) {});
  }

 private:
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  std::string names_;
  std::string content_;
};

ElfFile with_manifest() {
  ElfFile file;
  file.add(".text", "code");
  file.add(".weir.manifest", "hello");
  return file;
}

TEST(Elf, FindsTheBytesOfASection) {
  const std::string bytes = with_manifest().bytes();

  const auto section = find_elf_section(bytes, ".weir.manifest");

  ASSERT_TRUE(section) << section.error().text();
  EXPECT_EQ(*section, "hello");
}

TEST(Elf, SaysThatASectionIsMissing) {
  const std::string bytes = ElfFile().bytes();

  const auto section = find_elf_section(bytes, ".weir.manifest");

  ASSERT_FALSE(section);
  EXPECT_EQ(section.error().text(), "not found: has no section .weir.manifest");
}

TEST(Elf, RefusesEveryShorterFile) {
  const std::string bytes = with_manifest().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees every byte too far.
    const std::unique_ptr<char[]> copy(new char[size]);
    std::memcpy(copy.get(), bytes.data(), size);
    EXPECT_FALSE(find_elf_section({copy.get(), size}, ".weir.manifest")) << size;
  }
}

TEST(Elf, RefusesWhatContradictsItself) {
  struct Case {
    std::string message;
    void (*change)(ElfFile& file);
  };
  const Case cases[] = {
      {"corrupt: not an ELF file", [](ElfFile& file) { file.header().e_ident[1] = 'X'; }},
      {"incompatible: not a 64-bit little-endian library",
       [](ElfFile& file) { file.header().e_ident[EI_CLASS] = ELFCLASS32; }},
      {"incompatible: not a shared library", [](ElfFile& file) { file.header().e_type = ET_CORE; }},
      {"corrupt: section headers have 7 bytes",
       [](ElfFile& file) { file.header().e_shentsize = 7; }},
      {"corrupt: the names of the sections are missing",
       [](ElfFile& file) { file.header().e_shstrndx = 9; }},
      {"corrupt: the names of the sections are missing",
       [](ElfFile& file) { file.header().e_shoff = ~std::uint64_t{0} - 8; }},
      {"corrupt: the section headers lie behind the end of the file",
       [](ElfFile& file) { file.header().e_shnum = 60'000; }},
      {"corrupt: the section lies behind the end of the file",
       [](ElfFile& file) { file.section(2).sh_size = 1'000; }},
      {"corrupt: the section lies behind the end of the file",
       [](ElfFile& file) { file.section(2).sh_offset = ~std::uint64_t{0}; }},
      {"corrupt: the section is not in the file",
       [](ElfFile& file) { file.section(2).sh_type = SHT_NOBITS; }},
      {"corrupt: has two sections .weir.manifest",
       [](ElfFile& file) { file.section(1).sh_name = file.section(2).sh_name; }},
      {"not found: has no section .weir.manifest",
       [](ElfFile& file) { file.section(2).sh_name = 1'000'000; }},
  };
  for (const Case& each : cases) {
    const std::string bytes = with_manifest().bytes(each.change);
    const auto section = find_elf_section(bytes, ".weir.manifest");
    if (section) {
      ADD_FAILURE() << "not refused: " << each.message;
    } else {
      EXPECT_EQ(section.error().text(), each.message);
    }
  }
}

}  // namespace
}  // namespace weir
