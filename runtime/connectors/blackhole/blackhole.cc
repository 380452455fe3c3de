#include "connectors/blackhole/blackhole.h"

namespace weir {
namespace {

class BlackholeWriter final : public SinkWriter {
 public:
  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    return messages.size();
  }
  Result<Flush> flush() override { return Flush::Complete; }
};

class BlackholeSink final : public Sink {
 public:
  // Nothing shows up, so nothing shows up twice.
  Delivery delivery() const override { return Delivery::Idempotent; }

  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override {
    std::vector<std::unique_ptr<SinkWriter>> writers;
    while (writers.size() < count)
      writers.push_back(std::make_unique<BlackholeWriter>());
    return writers;
  }
};

class BlackholeConnector final : public Connector {
 public:
  std::string_view name() const override { return "blackhole"; }
  bool has_source() const override { return false; }
  bool has_sink() const override { return true; }
  std::vector<OptionSpec> source_options() const override { return {}; }
  std::vector<OptionSpec> sink_options() const override { return {}; }
  std::vector<OptionMistake> check_source(const PortRequest&) const override { return {}; }
  std::vector<OptionMistake> check_sink(const PortRequest&) const override { return {}; }

  Result<std::unique_ptr<Source>> open_source(const PortRequest&) const override {
    return Error(ErrorKind::Invalid, "blackhole is no source");
  }
  Result<std::unique_ptr<Sink>> open_sink(const PortRequest&) const override {
    return std::make_unique<BlackholeSink>();
  }
};

}  // namespace

std::unique_ptr<Connector> make_blackhole_connector() {
  return std::make_unique<BlackholeConnector>();
}

}  // namespace weir
