#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <weir/abi.h>

#include "connectors/sink.h"

namespace weir::plugin_port {

// A sink instance of a plugin as a writer.
class PluginWriter final : public SinkWriter {
 public:
  struct Options {
    bool has_own_threads = false;
    std::string label;                  // How messages name the connector.
    std::shared_ptr<const void> owner;  // Keeps library and host tables.
  };

  // Made and destroyed on the job's thread.
  static Result<std::unique_ptr<PluginWriter>> take(weir_sink_instance* table, Options options);
  ~PluginWriter() override;
  PluginWriter(const PluginWriter&) = delete;
  PluginWriter& operator=(const PluginWriter&) = delete;

  Result<std::size_t> write(std::span<const OutMessage> messages) override;
  Result<Flush> flush() override;

 private:
  PluginWriter(weir_sink_instance* table, Options options);
  Error failed(weir_status status, const weir_error& error, std::string_view what) const;

  weir_sink_instance* table_;
  Options options_;
  std::vector<weir_message> messages_;
};

// Makes the instance for one writer.
using MakeWriter = std::function<Result<std::unique_ptr<PluginWriter>>()>;

class PluginSink final : public Sink {
 public:
  // `counters` are those of all the instances.
  PluginSink(Delivery delivery,
             MakeWriter make_writer,
             std::shared_ptr<const NamedCounts> counters);

  Delivery delivery() const override { return delivery_; }
  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override;
  std::vector<NamedCount> counters() const override { return counters_->read(); }

 private:
  Delivery delivery_;
  MakeWriter make_writer_;
  std::shared_ptr<const NamedCounts> counters_;
};

}  // namespace weir::plugin_port
