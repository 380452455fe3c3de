// Whatever a jobs file holds, loading it ends: with a spec or with mistakes that can be printed,
// and never with a secret in one of them.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "config/known_plugins.h"
#include "config/load.h"

namespace {

// The fuzzer learns such constants; files that hold the beginning prove nothing.
constexpr std::string_view kSecret = "canary-9d41c7e2b6f84e0a";
constexpr std::string_view kSecretStart = kSecret.substr(0, 11);

weir::LoadPorts known_ports(const std::vector<std::unique_ptr<weir::Connector>>& connectors) {
  weir::LoadPorts ports;
  ports.read_manifest =
      [](const std::filesystem::path& path) -> weir::Result<weir::PluginDescription> {
    if (path.filename() == "libclassroom.so") return weir::classroom_plugin();
    if (path.filename() == "libvideo.so") return weir::video_plugin();
    return weir::Error(weir::ErrorKind::Corrupt, "no manifest");
  };
  for (const auto& connector : connectors)
    ports.connectors.push_back(connector.get());
  ports.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SECRET") return std::string(kSecret);
    return std::nullopt;
  };
  ports.plugin_folders = {WEIR_FUZZ_PLUGINS};
  return ports;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto connectors = weir::known_connectors();
  static const weir::LoadPorts ports = known_ports(connectors);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const weir::LoadedJobs loaded = weir::load_jobs_text(text, "/nowhere/jobs.toml", ports);

  CHECK(loaded.mistakes.size() <= weir::kMistakesMax);
  CHECK(!loaded.mistakes.empty() || !loaded.jobs.jobs.empty());
  const bool holds_secret = text.find(kSecretStart) != std::string_view::npos;
  for (const weir::Mistake& mistake : loaded.mistakes) {
    const std::string shown = weir::text(mistake);
    CHECK(holds_secret || shown.find(kSecretStart) == std::string::npos);
    CHECK(shown.find('\n') == std::string::npos);
  }
  return 0;
}
