// The parts of ELF this needs: the program headers say which part of the file is mapped where
// (PT_LOAD) and where the dynamic section is (PT_DYNAMIC), a list of tags with values. Values that
// are addresses lead, through PT_LOAD, to the names (STRTAB), the symbols (SYMTAB, whose number
// only the section headers tell) and the lists of versions that are needed (VERNEED) and given
// (VERDEF).

#include "plugin/elf_dynamic.h"

#include <elf.h>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/format.h"
#include "plugin/elf.h"
#include "plugin/elf_bytes.h"

namespace weir {
namespace {

// Far beyond any honest library.
constexpr std::size_t kVersionsMax = 65'536;

Error corrupt(std::string message) {
  return Error(ErrorKind::Corrupt, std::move(message));
}

class DynamicReader final {
 public:
  explicit DynamicReader(std::string_view file) : file_(file) {}

  Result<ElfDynamic> read() {
    TRY(const Elf64_Ehdr header, read_elf_header(file_));
    result_.machine = header.e_machine;
    TRY_DO(read_segments(header));
    TRY_DO(read_tags());
    TRY(names_, mapped(value_of(DT_STRTAB), value_of(DT_STRSZ), "names of symbols"));
    for (const std::uint64_t name : needed_)
      result_.needed.push_back(text_at(names_, name));
    for (const std::uint64_t name : search_paths_)
      result_.search_paths.push_back(text_at(names_, name));
    if (tags_.contains(DT_SONAME)) result_.soname = text_at(names_, value_of(DT_SONAME));
    TRY_DO(read_symbols());
    TRY_DO(read_needed_versions());
    TRY_DO(read_defined_versions());
    read_flags();
    return std::move(result_);
  }

 private:
  std::uint64_t value_of(std::int64_t tag) const {
    const auto found = tags_.find(tag);
    return found == tags_.end() ? 0 : found->second;
  }

  Status read_segments(const Elf64_Ehdr& header) {
    if (header.e_phentsize != sizeof(Elf64_Phdr)) {
      return corrupt(format("program headers have {} bytes", header.e_phentsize));
    }
    bool says_stack = false;
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
      const auto segment = read_at<Elf64_Phdr>(file_, header.e_phoff + i * sizeof(Elf64_Phdr));
      if (!segment) return corrupt("the program headers lie behind the end of the file");
      if (segment->p_type == PT_LOAD) loaded_.push_back(*segment);
      if (segment->p_type == PT_DYNAMIC)
        dynamic_ = slice(file_, segment->p_offset, segment->p_filesz);
      if (segment->p_type == PT_GNU_STACK) {
        says_stack = true;
        result_.runs_on_stack = (segment->p_flags & PF_X) != 0;
      }
    }
    if (!says_stack) result_.runs_on_stack = true;  // What the loader takes it for.
    if (!dynamic_) return corrupt("has no dynamic section");
    return Done{};
  }

  Status read_tags() {
    for (std::uint64_t at = 0;; at += sizeof(Elf64_Dyn)) {
      const auto entry = read_at<Elf64_Dyn>(*dynamic_, at);
      if (!entry) return corrupt("the dynamic section has no end");
      if (entry->d_tag == DT_NULL) return Done{};
      const std::uint64_t value = entry->d_un.d_val;
      switch (entry->d_tag) {
        case DT_NEEDED: needed_.push_back(value); break;
        case DT_RPATH:
        case DT_RUNPATH: search_paths_.push_back(value); break;
        default: tags_[entry->d_tag] = value; break;
      }
    }
  }

  // What the file maps to `address`.
  Result<std::string_view> mapped(std::uint64_t address,
                                  std::uint64_t size,
                                  std::string_view what) const {
    for (const Elf64_Phdr& segment : loaded_) {
      if (address < segment.p_vaddr || address - segment.p_vaddr > segment.p_filesz) continue;
      const std::uint64_t offset = address - segment.p_vaddr;
      if (size > segment.p_filesz - offset) continue;
      const auto bytes = slice(file_, segment.p_offset, segment.p_filesz);
      if (bytes) return bytes->substr(offset, size);
    }
    return corrupt(format("the {} are not in the file", what));
  }

  // From `address` to the end of its segment.
  Result<std::string_view> mapped_from(std::uint64_t address, std::string_view what) const {
    for (const Elf64_Phdr& segment : loaded_) {
      if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz) continue;
      return mapped(address, segment.p_filesz - (address - segment.p_vaddr), what);
    }
    return corrupt(format("the {} are not in the file", what));
  }

  Status read_symbols() {
    TRY(const std::string_view table, find_elf_section(file_, ".dynsym"));
    TRY(const std::string_view used, mapped(value_of(DT_SYMTAB), table.size(), "symbols"));
    if (used.data() != table.data()) return corrupt("has two tables of symbols");
    for (std::uint64_t at = sizeof(Elf64_Sym); at < table.size(); at += sizeof(Elf64_Sym)) {
      const auto symbol = read_at<Elf64_Sym>(table, at);
      if (!symbol) return corrupt("the last symbol is cut off");
      const unsigned bind = ELF64_ST_BIND(symbol->st_info);
      const unsigned visibility = ELF64_ST_VISIBILITY(symbol->st_other);
      const bool is_hidden = visibility == STV_HIDDEN || visibility == STV_INTERNAL;
      if (bind == STB_LOCAL || is_hidden) continue;
      const std::string_view name = text_at(names_, symbol->st_name);
      if (name.empty()) continue;
      result_.symbols.push_back(
          {name, symbol->st_shndx != SHN_UNDEF, bind == STB_WEAK, bind == STB_GNU_UNIQUE});
    }
    return Done{};
  }

  Status read_needed_versions() {
    if (!tags_.contains(DT_VERNEED)) return Done{};
    constexpr std::string_view kWhat = "versions it needs";
    TRY(const std::string_view table, mapped_from(value_of(DT_VERNEED), kWhat));
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < value_of(DT_VERNEEDNUM) && i < kVersionsMax; ++i) {
      const auto library = read_at<Elf64_Verneed>(table, at);
      if (!library) return corrupt(format("the {} are not in the file", kWhat));
      TRY_DO(read_needs_of(table, at, *library));
      if (library->vn_next == 0) break;
      at += library->vn_next;
    }
    return Done{};
  }

  Status read_needs_of(std::string_view table, std::uint64_t at, const Elf64_Verneed& library) {
    at += library.vn_aux;
    for (std::uint64_t i = 0; i < library.vn_cnt; ++i) {
      const auto need = read_at<Elf64_Vernaux>(table, at);
      if (!need || result_.needed_versions.size() >= kVersionsMax) {
        return corrupt("the versions it needs are not in the file");
      }
      result_.needed_versions.push_back({text_at(names_, library.vn_file),
                                         text_at(names_, need->vna_name),
                                         (need->vna_flags & VER_FLG_WEAK) != 0});
      if (need->vna_next == 0) break;
      at += need->vna_next;
    }
    return Done{};
  }

  Status read_defined_versions() {
    if (!tags_.contains(DT_VERDEF)) return Done{};
    constexpr std::string_view kWhat = "versions it gives";
    TRY(const std::string_view table, mapped_from(value_of(DT_VERDEF), kWhat));
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < value_of(DT_VERDEFNUM) && i < kVersionsMax; ++i) {
      const auto version = read_at<Elf64_Verdef>(table, at);
      const auto name =
          version ? read_at<Elf64_Verdaux>(table, at + version->vd_aux) : std::nullopt;
      if (!name) return corrupt(format("the {} are not in the file", kWhat));
      result_.defined_versions.push_back(text_at(names_, name->vda_name));
      if (version->vd_next == 0) break;
      at += version->vd_next;
    }
    return Done{};
  }

  void read_flags() {
    const std::uint64_t flags = value_of(DT_FLAGS);
    result_.is_bound_now = tags_.contains(DT_BIND_NOW) || (flags & DF_BIND_NOW) != 0 ||
                           (value_of(DT_FLAGS_1) & DF_1_NOW) != 0;
    result_.has_static_tls = (flags & DF_STATIC_TLS) != 0;
    result_.has_text_relocations = tags_.contains(DT_TEXTREL) || (flags & DF_TEXTREL) != 0;
  }

  std::string_view file_;
  ElfDynamic result_;
  std::vector<Elf64_Phdr> loaded_;
  std::optional<std::string_view> dynamic_;
  std::map<std::int64_t, std::uint64_t> tags_;
  std::vector<std::uint64_t> needed_;
  std::vector<std::uint64_t> search_paths_;
  std::string_view names_;
};

}  // namespace

Result<ElfDynamic> read_elf_dynamic(std::string_view file) {
  return DynamicReader(file).read();
}

}  // namespace weir
