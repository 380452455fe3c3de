// Reads of pieces of an ELF file that may say anything. Inside this folder only.
#pragma once

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace weir {

// The bytes [offset, offset + size) of `file`, if they are in it.
inline std::optional<std::string_view> slice(std::string_view file,
                                             std::uint64_t offset,
                                             std::uint64_t size) {
  if (offset > file.size() || size > file.size() - offset) return std::nullopt;
  return file.substr(offset, size);
}

template <class T>
std::optional<T> read_at(std::string_view file, std::uint64_t offset) {
  const auto bytes = slice(file, offset, sizeof(T));
  if (!bytes) return std::nullopt;
  T value;
  std::memcpy(&value, bytes->data(), sizeof(T));
  return value;
}

// The text at `offset` up to its zero byte; empty when it has none.
inline std::string_view text_at(std::string_view names, std::uint64_t offset) {
  if (offset >= names.size()) return {};
  const auto end = names.find('\0', offset);
  return end == names.npos ? std::string_view() : names.substr(offset, end - offset);
}

// Of a 64-bit little-endian shared library.
Result<Elf64_Ehdr> read_elf_header(std::string_view file);

}  // namespace weir
