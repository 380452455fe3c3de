#include "connectors/plugin/plugin_connector.h"

#include <algorithm>
#include <dlfcn.h>
#include <optional>
#include <utility>

#include "base/format.h"
#include "connectors/plugin/connector_options.h"
#include "connectors/plugin/connector_services.h"
#include "connectors/plugin/plugin_sink.h"
#include "connectors/plugin/plugin_source.h"
#include "connectors/plugin/table_rules.h"
#include "plugin/control_call.h"
#include "plugin/host_tables.h"
#include "plugin/parameter_values.h"

namespace weir {
namespace plugin_port {
namespace {

// What was given; the default where nothing was.
std::vector<ParameterValue> values_of(const ConnectorDescription& connector,
                                      const Options& options) {
  std::vector<ParameterValue> values;
  for (const Parameter& parameter : connector.parameters) {
    values.push_back(parameter.default_value);
    const auto found = options.find(parameter.name);
    if (found == options.end()) continue;
    if (const auto* text = std::get_if<std::string>(&found->second)) values.back() = *text;
    if (const auto* integer = std::get_if<std::int64_t>(&found->second)) values.back() = *integer;
    if (const auto* number = std::get_if<double>(&found->second)) values.back() = *number;
    if (const auto* truth = std::get_if<bool>(&found->second)) values.back() = *truth;
  }
  return values;
}

std::optional<std::size_t> index_of(const std::vector<ConnectorDescription>& connectors,
                                    std::string_view name) {
  const auto found = std::find_if(
      connectors.begin(), connectors.end(), [&](const auto& each) { return each.name == name; });
  if (found == connectors.end()) return std::nullopt;
  return static_cast<std::size_t>(found - connectors.begin());
}

// What an instance needs to live: the library's code, and the host's tables.
struct Surroundings {
  std::shared_ptr<const Plugin> plugin;
  HostTables host;
};

// Threads of the plugin may still be in its code when nobody here uses it any more.
void keep_mapped(const Plugin& plugin) {
  void* handle = ::dlopen(plugin.path().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != nullptr) ::dlclose(handle);
}

class PluginConnector final : public Connector {
 public:
  PluginConnector(std::shared_ptr<const Plugin> plugin,
                  std::string_view name,
                  const Log& log,
                  const Clock& clock)
      : plugin_(std::move(plugin)),
        name_(format("plugin:{}", name)),
        log_(log),
        clock_(clock),
        source_(index_of(plugin_->description().source_connectors, name)),
        sink_(index_of(plugin_->description().sink_connectors, name)) {}

  std::string_view name() const override { return name_; }
  bool has_source() const override { return source_.has_value(); }
  bool has_sink() const override { return sink_.has_value(); }
  std::vector<OptionSpec> source_options() const override {
    return source() ? options_of(*source()) : std::vector<OptionSpec>();
  }
  std::vector<OptionSpec> sink_options() const override {
    return sink() ? options_of(*sink()) : std::vector<OptionSpec>();
  }
  std::vector<OptionMistake> check_source(const PortRequest&) const override { return {}; }
  std::vector<OptionMistake> check_sink(const PortRequest&) const override { return {}; }

  Delivery delivery_of(const PortRequest&) const override {
    const bool is_idempotent = sink() != nullptr && sink()->delivery == WEIR_IDEMPOTENT;
    return is_idempotent ? Delivery::Idempotent : Delivery::AtLeastOnce;
  }
  Result<std::unique_ptr<Source>> open_source(const PortRequest& request) const override;
  Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const override;

 private:
  const ConnectorDescription* source() const {
    return source_ ? &plugin_->description().source_connectors[*source_] : nullptr;
  }
  const ConnectorDescription* sink() const {
    return sink_ ? &plugin_->description().sink_connectors[*sink_] : nullptr;
  }
  std::shared_ptr<Surroundings> surroundings(const PortRequest& request,
                                             std::shared_ptr<NamedCounts> counters) const {
    auto services =
        std::make_shared<ConnectorServices>(log_.for_job(request.job), clock_, std::move(counters));
    return std::shared_ptr<Surroundings>(
        new Surroundings{.plugin = plugin_, .host = HostTables(std::move(services))});
  }
  Result<std::unique_ptr<PluginWriter>> make_writer(const PortRequest& request,
                                                    std::shared_ptr<NamedCounts> counters) const;

  std::shared_ptr<const Plugin> plugin_;
  std::string name_;
  Log log_;
  const Clock& clock_;
  std::optional<std::size_t> source_;
  std::optional<std::size_t> sink_;
};

// The table of a connector makes an instance with the values of a request.
template <class Instance, class Table>
Result<Instance*> create(const Table& table,
                         const ConnectorDescription& connector,
                         const PortRequest& request,
                         const weir_host* host) {
  const auto values = values_of(connector, request.options);
  TRY(const auto tables, value_tables(connector.parameters, values));
  const weir_text port{request.port.data(), request.port.size()};
  Instance* instance = nullptr;
  weir_error error = fresh_error();
  const weir_status status = control_call(
      [&] { return table.create(&table, host, port, tables.data(), &instance, &error); });
  if (status != WEIR_OK) return failure(status, error);
  return instance;
}

Result<std::unique_ptr<Source>> PluginConnector::open_source(const PortRequest& request) const {
  if (!source_) return Error(ErrorKind::Invalid, format("{} is no source", name_));
  if (source()->has_own_threads) keep_mapped(*plugin_);
  const std::string place = format("open connector {}", name_);
  const auto counters = std::make_shared<NamedCounts>();
  auto owner = surroundings(request, counters);
  TRY(auto* table,
      create<weir_source_instance>(
          *plugin_->table().source_connectors[*source_], *source(), request, owner->host.host())
          .during(place));
  TRY(auto instance,
      SourceInstance::take(table, source()->has_own_threads, name_, std::move(owner))
          .during(place));
  return std::make_unique<PluginSource>(std::move(instance), counters);
}

Result<std::unique_ptr<PluginWriter>> PluginConnector::make_writer(
    const PortRequest& request, std::shared_ptr<NamedCounts> counters) const {
  const std::string place = format("open connector {}", name_);
  auto owner = surroundings(request, std::move(counters));
  TRY(auto* table,
      create<weir_sink_instance>(
          *plugin_->table().sink_connectors[*sink_], *sink(), request, owner->host.host())
          .during(place));
  return PluginWriter::take(table,
                            {.has_own_threads = sink()->has_own_threads,
                             .label = name_,
                             .owner = std::move(owner)})
      .during(place);
}

Result<std::unique_ptr<Sink>> PluginConnector::open_sink(const PortRequest& request) const {
  if (!sink_) return Error(ErrorKind::Invalid, format("{} is no sink", name_));
  if (sink()->has_own_threads) keep_mapped(*plugin_);
  const auto counters = std::make_shared<NamedCounts>();
  return std::make_unique<PluginSink>(
      delivery_of(request),
      [this, request, counters] { return make_writer(request, counters); },
      counters);
}

}  // namespace
}  // namespace plugin_port

Result<std::unique_ptr<Connector>> make_plugin_connector(std::shared_ptr<const Plugin> plugin,
                                                         std::string_view name,
                                                         const Log& log,
                                                         const Clock& clock) {
  const std::string found = plugin->description().name;
  auto connector = std::make_unique<plugin_port::PluginConnector>(
      std::move(plugin), name, log.for_component(format("plugin:{}", name)), clock);
  if (connector->has_source() || connector->has_sink()) return connector;
  return Error(ErrorKind::NotFound, format("plugin {} has no connector {}", found, name));
}

}  // namespace weir
