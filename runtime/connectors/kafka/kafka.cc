#include "connectors/kafka/kafka.h"

#include <utility>

#include "base/check.h"
#include "connectors/kafka/examination.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/shared_topics.h"
#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "connectors/kafka/transaction_plan.h"

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

  std::vector<PortMistake> check_together(std::span<const PortRequest> sources) const override {
    return find_shared_topics(sources);
  }

  // In the consumer group.
  bool remembers_positions(const PortRequest&) const override { return true; }

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

  bool writes_headers() const override { return true; }

  Delivery delivery_of(const PortRequest& request) const override {
    return kafka::delivery_of(request);
  }

  std::vector<std::pair<std::size_t, OptionMistake>> check_transaction(
      std::span<const PortRequest> sinks) const override {
    return check_clusters(sinks);
  }

  std::optional<std::string> check_epoch(std::span<const PortRequest> sinks,
                                         std::chrono::milliseconds epoch) const override {
    return kafka::check_epoch(sinks, epoch);
  }

  std::vector<Finding> examine(std::span<const PortRequest> sources,
                               std::span<const PortRequest> sinks) const override {
    return examine_clusters(sources, sinks, log_);
  }

  Result<TransactionalPorts> open_transaction(std::span<const PortRequest> sinks,
                                              std::span<const PortRequest> sources,
                                              JobOwner& owner) const override {
    TRY(TransactionPlan plan, plan_transaction(sinks, sources));
    return open_planned(std::move(plan), owner, log_);
  }

 private:
  Log log_;
};

}  // namespace
}  // namespace kafka

std::unique_ptr<Connector> make_kafka_connector(const Log& log) {
  return std::make_unique<kafka::KafkaConnector>(log);
}

}  // namespace weir
