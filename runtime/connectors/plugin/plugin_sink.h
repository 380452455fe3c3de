#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <weir/abi.h>

#include "base/clock.h"
#include "connectors/sink.h"

namespace weir::plugin_port {

// A sink instance of a plugin as a writer. One that is transactional is flushed by preparing and
// committing what was written, under numbers that grow from start to start.
class PluginWriter final : public SinkWriter {
 public:
  struct Options {
    bool has_own_threads = false;
    bool is_transactional = false;
    std::string label;                  // How messages name the connector.
    std::shared_ptr<const void> owner;  // Keeps library and host tables.
  };

  // Made and destroyed on the control thread. `clock` outlives the writer.
  static Result<std::unique_ptr<PluginWriter>> take(weir_sink_instance* table,
                                                    Options options,
                                                    const Clock& clock);
  ~PluginWriter() override;
  PluginWriter(const PluginWriter&) = delete;
  PluginWriter& operator=(const PluginWriter&) = delete;

  Result<std::size_t> write(std::span<const OutMessage> messages) override;
  Result<Flush> flush() override;

 private:
  //  Writing --> Preparing --> Committing --> Writing
  enum class Step {
    Writing,
    Preparing,   // Flushed; the transaction is being prepared.
    Committing,  // Prepared.
  };

  PluginWriter(weir_sink_instance* table, Options options, const Clock& clock);
  Result<Flush> finish_transaction();
  Error failed(weir_status status, const weir_error& error, std::string_view what) const;

  weir_sink_instance* table_;
  Options options_;
  const Clock& clock_;
  std::vector<weir_message> messages_;
  Step step_ = Step::Writing;
  bool has_written_ = false;
  std::uint64_t epoch_ = 0;
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
