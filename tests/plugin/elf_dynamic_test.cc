#include "plugin/elf_dynamic.h"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include <gmock/gmock.h>

#include "plugin/elf.h"
#include "plugin/manifest.h"
#include "seed/test_seed.h"

namespace weir {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string plugin_bytes(const char* file = "libhostile.so") {
  auto bytes = read_plugin_file(std::filesystem::path(WEIR_TEST_PLUGINS) / file);
  EXPECT_TRUE(bytes) << bytes.error().text();
  return *std::move(bytes);
}

TEST(ElfDynamic, TellsWhatTheLoaderWouldDoWithAPlugin) {
  const std::string bytes = plugin_bytes("libminimal.so");

  const auto dynamic = read_elf_dynamic(bytes);

  ASSERT_TRUE(dynamic) << dynamic.error().text();
  std::vector<std::string_view> exported;
  std::vector<std::string_view> imported;
  for (const ElfSymbol& symbol : dynamic->symbols)
    (symbol.is_defined ? exported : imported).push_back(symbol.name);
  EXPECT_THAT(exported, ElementsAre("weir_plugin_open_v1"));
  EXPECT_THAT(imported, Contains("_Znwm"));
  EXPECT_THAT(dynamic->needed, Contains("libstdc++.so.6"));
  EXPECT_THAT(dynamic->search_paths, IsEmpty());
  EXPECT_TRUE(std::ranges::any_of(dynamic->needed_versions, [](const ElfVersionNeed& need) {
    return need.library == "libstdc++.so.6" && need.version.starts_with("GLIBCXX_3.4");
  }));
  EXPECT_TRUE(dynamic->is_bound_now);
  EXPECT_FALSE(dynamic->has_static_tls);
  EXPECT_FALSE(dynamic->has_text_relocations);
  EXPECT_FALSE(dynamic->runs_on_stack);
}

TEST(ElfDynamic, RefusesEveryFileThatEndsBeforeItsSymbols) {
  const std::string bytes = plugin_bytes();
  const auto symbols = find_elf_section(bytes, ".dynsym");
  ASSERT_TRUE(symbols);
  const auto begin = static_cast<std::size_t>(symbols->data() - bytes.data());
  for (std::size_t size = 0; size < begin + symbols->size(); size += 7) {
    const std::unique_ptr<char[]> copy(new char[size]);
    std::memcpy(copy.get(), bytes.data(), size);
    EXPECT_FALSE(read_elf_dynamic({copy.get(), size})) << size;
  }
}

// What stands in a file must not lead anywhere outside of it; a sanitizer would tell.
TEST(ElfDynamic, ReadsAnyDamagedFile) {
  const std::string bytes = plugin_bytes();
  std::mt19937_64 random(tests::test_seed());
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  std::vector<std::pair<std::size_t, std::size_t>> places = {{0, 1024}};  // Offset and size.
  for (const char* name : {".dynamic", ".dynsym", ".dynstr"}) {
    const auto section = find_elf_section(bytes, name);
    ASSERT_TRUE(section) << name;
    places.emplace_back(section->data() - bytes.data(), section->size());
  }
  std::size_t refused = 0;
  const std::unique_ptr<char[]> copy(new char[bytes.size()]);
  for (int round = 0; round < 500; ++round) {
    std::memcpy(copy.get(), bytes.data(), bytes.size());
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
      const auto& [offset, size] = places[below(places.size())];
      copy[offset + below(size)] = static_cast<char>(random());
    }
    const auto dynamic = read_elf_dynamic({copy.get(), bytes.size()});
    if (!dynamic) ++refused;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_LT(refused, 500u);
}

}  // namespace
}  // namespace weir
