// WEIR_PLUGIN: what a library offers.
//
//   WEIR_PLUGIN("classroom", "1.4.0") {
//     job("enter", enter_labels);
//     source_connector<Schedule>("lesson-schedule", {.doc = "lessons from a file"});
//   }
#pragma once

#include <weir/cpp/connector_tables.h>
#include <weir/cpp/job.h>

namespace weir {
inline namespace v1 {

// What may be said about a connector when it is named.
struct ConnectorTraits {
  std::string_view doc;
  bool has_own_threads = false;  // It then implements quiesce(), and is never unloaded.
};

namespace detail {

// Collects what a plugin offers and keeps the tables that describe it, as long as the library is
// there.
class PluginBuilder {
 public:
  PluginBuilder(std::string_view name, std::string_view version) : name_(name), version_(version) {}
  PluginBuilder(const PluginBuilder&) = delete;
  PluginBuilder& operator=(const PluginBuilder&) = delete;
  virtual ~PluginBuilder() = default;

  // The one exported function.
  const weir_plugin* open(weir_error* error) noexcept {
    if (!is_open_ && guard_whole(error, [&] { build(); }) != WEIR_OK) return nullptr;
    if (!mistake_.empty()) {
      fail(error, WEIR_NO_ROW, mistake_);
      return nullptr;
    }
    return &table_;
  }

 protected:
  // Offers a job: `function` is called with a weir::Flow& and says what it does.
  void job(std::string_view name, JobFunction function) {
    if (!is_name(name)) blame(name_mistake("job", name));
    for (const Job& other : jobs_) {
      if (other.name() == name) blame("two jobs are called " + other.name());
    }
    const Job& made = jobs_.emplace_back(name, std::move(function));
    if (!made.mistake().empty()) blame("job " + made.name() + ": " + made.mistake());
    job_tables_.push_back(made.table());
  }

  template <class Connector>
  void source_connector(std::string_view name, ConnectorTraits traits) {
    static_assert(std::is_base_of_v<SourceConnector, Connector>,
                  "source_connector needs a class derived from weir::SourceConnector");
    require_options<Connector>();
    if constexpr (WithOptions<Connector>) {
      auto& made = add_connector<Connector>(sources_, name, traits);
      made.table.create = &create_source<Connector>;
      source_tables_.push_back(&made.table);
    }
  }

  template <class Connector>
  void sink_connector(std::string_view name, Delivery delivery, ConnectorTraits traits) {
    static_assert(std::is_base_of_v<SinkConnector, Connector>,
                  "sink_connector needs a class derived from weir::SinkConnector");
    require_options<Connector>();
    if constexpr (WithOptions<Connector>) {
      auto& made = add_connector<Connector>(sinks_, name, traits);
      made.table.create = &create_sink<Connector>;
      made.table.delivery = static_cast<std::uint32_t>(delivery);
      sink_tables_.push_back(&made.table);
    }
  }

  // What the plugin is for, in a sentence.
  void doc(std::string_view text) { doc_ = text; }

 private:
  // The body behind WEIR_PLUGIN.
  virtual void define() = 0;

  template <class Connector>
  static constexpr void require_options() {
    static_assert(WithOptions<Connector>,
                  "a connector has a type Options (weir::NoOptions when there are none) and a "
                  "constructor (const Options&, const weir::ConnectorContext&)");
  }

  void blame(std::string mistake) {
    if (mistake_.empty()) mistake_ = std::move(mistake);
  }

  template <class Connector, class Definitions>
  auto& add_connector(Definitions& definitions,
                      std::string_view name,
                      const ConnectorTraits& traits) {
    for (const auto& other : sources_)
      check_name(other.name, name);
    for (const auto& other : sinks_)
      check_name(other.name, name);
    auto& made = definitions.emplace_back();
    made.template describe<Connector>(name, traits.doc);
    if (!is_name(name)) blame(name_mistake("connector", name));
    for (const ParameterSlot& option : made.options) {
      if (const auto mistake = mistake_in(option); !mistake.empty()) {
        blame("connector " + made.name + ": " + mistake);
      }
    }
    made.table.flags = traits.has_own_threads ? WEIR_OWN_THREADS : 0;
    return made;
  }

  void check_name(std::string_view other, std::string_view name) {
    if (other == name) blame("two connectors are called " + std::string(name));
  }

  // The plugin's own name and version.
  void check_itself() {
    if (!is_plugin_name(name_)) {
      blame("plugin \"" + name_ + "\": its name is made of a-z, 0-9 and -");
    }
    if (!is_version(version_)) blame("version \"" + version_ + "\" is not like 1.4.0");
  }

  void build() {
    is_open_ = true;
    check_itself();
    try {
      define();
    } catch (...) {
      blame("the body of WEIR_PLUGIN or a job's function threw an exception");
      throw;
    }
    table_.abi_major = WEIR_ABI_MAJOR;
    table_.abi_minor = 0;
    table_.name = text_of(name_);
    table_.version = text_of(version_);
    table_.doc = text_of(doc_);
    table_.jobs = job_tables_.data();
    table_.job_count = static_cast<std::uint32_t>(job_tables_.size());
    table_.source_connectors = source_tables_.data();
    table_.source_connector_count = static_cast<std::uint32_t>(source_tables_.size());
    table_.sink_connectors = sink_tables_.data();
    table_.sink_connector_count = static_cast<std::uint32_t>(sink_tables_.size());
  }

  weir_plugin table_ = sized<weir_plugin>();
  bool is_open_ = false;
  std::string name_;
  std::string version_;
  std::string doc_;
  std::string mistake_;
  std::deque<Job> jobs_;
  std::vector<const weir_job*> job_tables_;
  std::deque<ConnectorDefinition<weir_source_connector>> sources_;
  std::vector<const weir_source_connector*> source_tables_;
  std::deque<ConnectorDefinition<weir_sink_connector>> sinks_;
  std::vector<const weir_sink_connector*> sink_tables_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir

// WEIR_PLUGIN("name", "1.0.0") { job(...); ... }: once in each library, outside of any namespace.
#define WEIR_PLUGIN(plugin_name, plugin_version)                                              \
  namespace {                                                                                 \
  class WeirPlugin final : public ::weir::detail::PluginBuilder {                             \
   public:                                                                                    \
    using PluginBuilder::PluginBuilder;                                                       \
                                                                                              \
   private:                                                                                   \
    void define() override;                                                                   \
  };                                                                                          \
  }                                                                                           \
  extern "C" WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host*,             \
                                                                weir_error* error) noexcept { \
    static WeirPlugin plugin(plugin_name, plugin_version);                                    \
    return plugin.open(error);                                                                \
  }                                                                                           \
  void WeirPlugin::define()
