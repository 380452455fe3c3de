#include "connectors/plugin/plugin_sink.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "connectors/plugin/table_rules.h"
#include "plugin/control_call.h"
#include "plugin/table_sizes.h"

namespace weir::plugin_port {
namespace {

constexpr std::size_t kCountMax = 4096;

weir_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Result<std::unique_ptr<PluginWriter>> PluginWriter::take(weir_sink_instance* table,
                                                         Options options) {
  if (auto checked = check_sink(table); !checked) {
    control_call([&] { discard(table); });
    return std::move(checked).error();
  }
  return std::unique_ptr<PluginWriter>(new PluginWriter(table, std::move(options)));
}

PluginWriter::PluginWriter(weir_sink_instance* table, Options options)
    : table_(table), options_(std::move(options)) {}

PluginWriter::~PluginWriter() {
  control_call([this] {
    if (options_.has_own_threads && table_->quiesce != nullptr) table_->quiesce(table_->self);
    table_->destroy(table_->self);
  });
}

Result<std::size_t> PluginWriter::write(std::span<const OutMessage> messages) {
  messages_.clear();
  for (const OutMessage& message : messages.first(std::min(messages.size(), kCountMax))) {
    messages_.push_back({.struct_size = sizeof(weir_message),
                         .reserved = 0,
                         .key = bytes_of(message.key),
                         .value = bytes_of(message.value),
                         .offset = 0,
                         .timestamp = message.timestamp});
  }
  const auto count = static_cast<std::uint32_t>(messages_.size());
  std::uint32_t taken = 0;
  weir_error error = fresh_error();
  const weir_status status = table_->write(table_->self, messages_.data(), count, &taken, &error);
  if (status != WEIR_OK && status != WEIR_AGAIN) return failed(status, error, "write");
  if (taken > count) {
    return Error(
        ErrorKind::Plugin,
        format("write to connector {}: took {} of {} messages", options_.label, taken, count));
  }
  return std::size_t{taken};
}

Result<Flush> PluginWriter::flush() {
  weir_error error = fresh_error();
  const weir_status status = table_->flush(table_->self, &error);
  if (status == WEIR_OK) return Flush::Complete;
  if (status == WEIR_AGAIN) return Flush::Pending;
  return failed(status, error, "flush");
}

Error PluginWriter::failed(weir_status status,
                           const weir_error& error,
                           std::string_view what) const {
  return failure(status, error).during(format("{} of connector {}", what, options_.label));
}

PluginSink::PluginSink(Delivery delivery,
                       MakeWriter make_writer,
                       std::shared_ptr<const NamedCounts> counters)
    : delivery_(delivery), make_writer_(std::move(make_writer)), counters_(std::move(counters)) {}

Result<std::vector<std::unique_ptr<SinkWriter>>> PluginSink::open_writers(std::size_t count) {
  std::vector<std::unique_ptr<SinkWriter>> writers;
  while (writers.size() < count) {
    TRY(auto writer, make_writer_());
    writers.push_back(std::move(writer));
  }
  return writers;
}

}  // namespace weir::plugin_port
