// Every tests/config/broken/NAME.toml must give exactly the messages of NAME.expected.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/known_plugins.h"
#include "config/load.h"
#include "config/plugin_folder.h"

namespace weir {
namespace {

const std::filesystem::path kFolder = WEIR_BROKEN_FILES;

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    if (file.path().extension() == ".toml") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `line` with FOLDER in place of a path that differs from machine to machine.
std::string without(const std::filesystem::path& folder, std::string line) {
  const std::string path = folder.string();
  for (std::size_t at = 0; (at = line.find(path, at)) != std::string::npos;) {
    line.replace(at, path.size(), "FOLDER");
  }
  return line;
}

class BrokenFiles : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFiles, GiveTheMessagesBesideThem) {
  PluginFolder plugins;
  plugins.add_plugin("libclassroom.so", classroom_plugin());
  plugins.add_plugin("video.so", video_plugin());
  plugins.add_plugin("libother.so", video_plugin());
  plugins.add_broken_plugin("libbroken.so");

  LoadedJobs loaded = load_jobs(kFolder / (GetParam() + ".toml"), plugins.ports());
  std::string messages;
  for (Mistake& mistake : loaded.mistakes) {
    mistake.file = std::filesystem::path(mistake.file).filename().string();
    messages += without(kFolder, without(plugins.path(), text(mistake))) + '\n';
  }

  EXPECT_EQ(messages, read(kFolder / (GetParam() + ".expected")));
  EXPECT_FALSE(messages.empty());
}

INSTANTIATE_TEST_SUITE_P(All, BrokenFiles, testing::ValuesIn(broken_files()), [](const auto& file) {
  std::string name = file.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(BrokenFilesFolder, HoldsFortyFilesAtLeast) {
  EXPECT_GE(broken_files().size(), 40U);
}

}  // namespace
}  // namespace weir
