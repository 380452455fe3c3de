#include "connectors/stdout/stdout.h"

#include <utility>

#include "base/guarded.h"
#include "connectors/options.h"
#include "connectors/stdout/line_output.h"

namespace weir {
namespace {

class StdoutWriter final : public SinkWriter {
 public:
  StdoutWriter(std::shared_ptr<Guarded<LineOutput>> output, std::string label)
      : output_(std::move(output)), label_(std::move(label)) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    return output_->with([&](LineOutput& output) -> Result<std::size_t> {
      TRY_DO(output.drain());
      std::size_t taken = 0;
      while (taken < messages.size() && output.offer(label_, messages[taken].value))
        ++taken;
      TRY_DO(output.drain());
      return taken;
    });
  }

  Result<Flush> flush() override {
    return output_->with([](LineOutput& output) -> Result<Flush> {
      TRY(const bool is_empty, output.drain());
      return is_empty ? Flush::Complete : Flush::Pending;
    });
  }

 private:
  std::shared_ptr<Guarded<LineOutput>> output_;
  std::string label_;
};

class StdoutSink final : public Sink {
 public:
  StdoutSink(std::shared_ptr<Guarded<LineOutput>> output, std::string label)
      : output_(std::move(output)), label_(std::move(label)) {}

  Delivery delivery() const override { return Delivery::AtLeastOnce; }

  Result<std::vector<std::unique_ptr<SinkWriter>>> open_writers(std::size_t count) override {
    std::vector<std::unique_ptr<SinkWriter>> writers;
    while (writers.size() < count) {
      writers.push_back(std::make_unique<StdoutWriter>(output_, label_));
    }
    return writers;
  }

 private:
  std::shared_ptr<Guarded<LineOutput>> output_;
  std::string label_;
};

class StdoutConnector final : public Connector {
 public:
  explicit StdoutConnector(int descriptor)
      : output_(std::make_shared<Guarded<LineOutput>>(descriptor)) {}

  std::string_view name() const override { return "stdout"; }
  bool has_source() const override { return false; }
  bool has_sink() const override { return true; }
  std::vector<OptionSpec> source_options() const override { return {}; }

  std::vector<OptionSpec> sink_options() const override {
    return {{.name = "label",
             .type = OptionType::Text,
             .is_required = false,
             .doc = "stands before each line; the name of the sink when not given, \"\" for none",
             .allowed = {}}};
  }

  std::vector<OptionMistake> check_source(const PortRequest&) const override { return {}; }
  std::vector<OptionMistake> check_sink(const PortRequest&) const override { return {}; }

  Result<std::unique_ptr<Source>> open_source(const PortRequest&) const override {
    return Error(ErrorKind::Invalid, "stdout is no source");
  }

  Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const override {
    std::string label = find_option<std::string>(request.options, "label").value_or(request.port);
    if (!label.empty()) label += ' ';
    return std::make_unique<StdoutSink>(output_, std::move(label));
  }

 private:
  // Shared with the sinks: all of them write to one place.
  std::shared_ptr<Guarded<LineOutput>> output_;
};

}  // namespace

std::unique_ptr<Connector> make_stdout_connector(int descriptor) {
  return std::make_unique<StdoutConnector>(descriptor);
}

}  // namespace weir
