// A loaded plugin library and the instances made from it.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <weir/abi.h>

#include "base/log.h"
#include "base/result.h"
#include "plugin/description.h"

namespace weir {

class HostTables;
class Plugin;

// What a job's functions may ask the host for. Owned by the job; outlives its instances. The
// functions may be called from any thread unless weir/abi.h says less.
class PluginServices {
 public:
  virtual ~PluginServices() = default;
  virtual void log(LogLevel level, std::string_view message) = 0;
  virtual std::uint32_t counter(std::string_view name, std::string_view doc) = 0;
  virtual void add(std::uint32_t counter, std::uint64_t amount) = 0;
  virtual std::int64_t now() = 0;  // ms since 1970 UTC, by the host's clock.
  virtual std::uint32_t open_pool(std::string_view name) = 0;
  virtual void pool_contains(std::uint32_t pool,
                             const weir_text* ids,
                             std::uint32_t count,
                             std::uint8_t* found) = 0;
};

// One running copy of a job's functions; one for each worker. Keeps its plugin mapped. Calls are
// serialised by the owner.
class JobInstance final {
 public:
  ~JobInstance();
  JobInstance(const JobInstance&) = delete;
  JobInstance& operator=(const JobInstance&) = delete;

  // By index of the operator in the job's description; null for kinds without functions. Those of
  // the operator's kind are set.
  const weir_functions* functions(std::size_t operator_index) const;

  // `values`: one for each parameter of the job, of its type. So far a job keeps the parameters it
  // was started with, so the host does not call this.
  Status set_parameters(std::span<const ParameterValue> values);

 private:
  friend class Plugin;
  JobInstance(std::shared_ptr<const Plugin> plugin,
              const JobDescription& job,
              std::unique_ptr<HostTables> host);
  Status check_functions() const;

  std::shared_ptr<const Plugin> plugin_;
  const JobDescription& job_;  // Of plugin_.
  std::unique_ptr<HostTables> host_;
  weir_instance* instance_ = nullptr;
};

// A library that is mapped and whose descriptor was read and found equal to its manifest. Loaded on
// the control thread; instances are made on any; destroyed (and then unmapped, if possible) when
// the last user lets go.
class Plugin final : public std::enable_shared_from_this<Plugin> {
 public:
  // `path` is absolute. `lease` is let go of when the library is unmapped. The message of an error
  // says what was found and what is needed.
  static Result<std::shared_ptr<const Plugin>> load(const std::filesystem::path& path,
                                                    std::shared_ptr<const void> lease = nullptr);
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  const std::filesystem::path& path() const { return path_; }
  const PluginDescription& description() const { return description_; }
  // What the linker called the library, in hex; empty when it gave no name.
  const std::string& build_id() const { return build_id_; }
  const weir_plugin& table() const { return *table_; }

  // `values`: one for each parameter of the job, of its type.
  Result<std::unique_ptr<JobInstance>> create_instance(
      std::size_t job_index,
      std::span<const ParameterValue> values,
      std::shared_ptr<PluginServices> services) const;

 private:
  struct Library;  // Boost.DLL's handle.
  Plugin(std::filesystem::path path,
         std::shared_ptr<const void> lease,
         std::unique_ptr<Library> library,
         const weir_plugin* table,
         PluginDescription description);
  std::filesystem::path path_;
  std::shared_ptr<const void> lease_;  // Goes after library_.
  std::unique_ptr<Library> library_;
  const weir_plugin* table_;
  PluginDescription description_;
  std::string build_id_;
};

// Reads the manifest section of a plugin file without running any of it. Bounds everything it
// reads.
Result<PluginDescription> read_manifest(const std::filesystem::path& path);

}  // namespace weir
