#include "plugin/plugin.h"

#include <algorithm>
#include <dlfcn.h>

// Without this, Boost.DLL brings libboost_filesystem.so into the program, where plugins would find
// it.
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include "base/format.h"
#include "model/schema.h"
#include "plugin/call_error.h"
#include "plugin/control_call.h"
#include "plugin/descriptor.h"
#include "plugin/difference.h"
#include "plugin/elf.h"
#include "plugin/host_tables.h"
#include "plugin/limits.h"
#include "plugin/manifest.h"
#include "plugin/rules.h"

namespace weir {
namespace {

static_assert(static_cast<std::uint32_t>(FieldType::Bool) == WEIR_BOOL);
static_assert(static_cast<std::uint32_t>(FieldType::F64) == WEIR_F64);
static_assert(static_cast<std::uint32_t>(FieldType::Enum) == WEIR_ENUM_FIELD);
static_assert(static_cast<std::uint32_t>(FieldType::Duration) == WEIR_DURATION);
static_assert(static_cast<std::uint32_t>(OperatorKind::Source) == WEIR_SOURCE);
static_assert(static_cast<std::uint32_t>(OperatorKind::CoGroup) == WEIR_COGROUP);
static_assert(static_cast<std::uint32_t>(OperatorKind::Sink) == WEIR_SINK);

bool has_own_threads(const PluginDescription& plugin) {
  const auto owns = [](const ConnectorDescription& each) { return each.has_own_threads; };
  return std::ranges::any_of(plugin.source_connectors, owns) ||
         std::ranges::any_of(plugin.sink_connectors, owns);
}

}  // namespace

struct Plugin::Library {
  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  // Its destructors run now, as its constructors did when it was loaded.
  ~Library() {
    control_call([this] { handle.unload(); });
  }

  boost::dll::shared_library handle;
  HostTables host{nullptr};
};

Result<PluginDescription> read_manifest(const std::filesystem::path& path) {
  TRY(const std::string bytes, read_plugin_file(path).during(path.string()));
  return read_manifest_in(bytes).during(path.string());
}

Plugin::Plugin(std::filesystem::path path,
               std::shared_ptr<const void> lease,
               std::unique_ptr<Library> library,
               const weir_plugin* table,
               PluginDescription description)
    : path_(std::move(path)),
      lease_(std::move(lease)),
      library_(std::move(library)),
      table_(table),
      description_(std::move(description)) {}

Plugin::~Plugin() = default;

Result<std::shared_ptr<const Plugin>> Plugin::load(const std::filesystem::path& path,
                                                   std::shared_ptr<const void> lease) {
  CHECK(path.is_absolute());
  const std::string place = path.string();
  TRY(const std::string bytes, read_plugin_file(path).during(place));
  TRY(auto manifest, read_manifest_in(bytes).during(place));

  auto library = std::make_unique<Library>();
  // A thread of the plugin may run in it at any time, so it stays mapped for ever.
  const int mode = RTLD_NOW | RTLD_LOCAL | (has_own_threads(manifest) ? RTLD_NODELETE : 0);
  try {
    control_call(
        [&] { library->handle.load(path, static_cast<boost::dll::load_mode::type>(mode)); });
  } catch (const std::exception& exception) {
    return Error(ErrorKind::Incompatible, format("{}: {}", place, exception.what()));
  }
  if (!library->handle.has(WEIR_PLUGIN_OPEN_SYMBOL)) {
    return Error(ErrorKind::Incompatible,
                 format("{}: does not export {}", place, WEIR_PLUGIN_OPEN_SYMBOL));
  }
  auto& open = library->handle.get<const weir_plugin*(const weir_host*, weir_error*)>(
      WEIR_PLUGIN_OPEN_SYMBOL);
  weir_error error = fresh_call_error();
  const weir_plugin* const table = control_call([&] { return open(library->host.host(), &error); });
  if (table == nullptr) return error_of(error).during(place);

  TRY(auto description, read_descriptor(*table).during(place));
  TRY_DO(check_description(description).during(place));
  if (const auto difference = first_difference(manifest, description)) {
    return Error(ErrorKind::Corrupt,
                 format("{}: the manifest is not that of this library: {}", place, *difference));
  }
  std::shared_ptr<Plugin> plugin(
      new Plugin(path, std::move(lease), std::move(library), table, std::move(description)));
  plugin->build_id_ = read_build_id(bytes);
  return plugin;
}

}  // namespace weir
