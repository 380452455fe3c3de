#include "connectors/kafka/kafka.h"

#include <utility>

#include "base/check.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"

namespace weir {
namespace kafka {
namespace {

class KafkaConnector final : public Connector {
 public:
  explicit KafkaConnector(const Log& log) : log_(log.for_component("kafka")) {}

  std::string_view name() const override { return "kafka"; }
  std::vector<OptionSpec> source_options() const override { return kafka::source_options(); }
  std::vector<OptionSpec> sink_options() const override { return kafka::sink_options(); }
  bool has_source() const override { return true; }
  bool has_sink() const override { return true; }

  std::vector<OptionMistake> check_source(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    read_source_settings(request, mistakes);
    return mistakes;
  }

  std::vector<OptionMistake> check_sink(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    read_sink_settings(request, mistakes);
    return mistakes;
  }

  Result<std::unique_ptr<Source>> open_source(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    SourceSettings settings = read_source_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    return std::make_unique<KafkaSource>(std::move(settings), log_.for_job(request.job));
  }

  Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    SinkSettings settings = read_sink_settings(request, mistakes);
    if (!mistakes.empty()) return error_of(mistakes.front());
    return std::make_unique<KafkaSink>(std::move(settings), log_.for_job(request.job));
  }

 private:
  static Error error_of(const OptionMistake& mistake) {
    return Error(ErrorKind::Invalid,
                 format("{}: found {}, expected {}", mistake.key, mistake.found, mistake.expected));
  }

  Log log_;
};

}  // namespace
}  // namespace kafka

std::unique_ptr<Connector> make_kafka_connector(const Log& log) {
  return std::make_unique<kafka::KafkaConnector>(log);
}

}  // namespace weir
