// Connectors that show what they were given, and throw when asked to.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <weir/sdk.h>

namespace {

using namespace std::chrono_literals;

struct NumbersOptions {
  std::int64_t count = 3;
  std::string prefix = "n";
  double factor = 1.0;
  bool throws = false;
  weir::Duration pause = 5s;
};
WEIR_OPTIONS(NumbersOptions,
             (count, "numbers of each split"),
             (prefix, "stands before each"),
             (factor, "each is multiplied by it"),
             (throws, "what open() does"),
             (pause, "is only shown"))

class NumbersReader final : public weir::SplitReader {
 public:
  NumbersReader(const NumbersOptions& options, std::string name, std::int64_t position)
      : options_(options), name_(std::move(name)), next_(position) {}

  bool poll(std::uint32_t messages_max, const weir::Intake& intake) override {
    for (std::uint32_t i = 0; i < messages_max && next_ < options_.count; ++i, ++next_) {
      const auto number = static_cast<std::int64_t>(static_cast<double>(next_) * options_.factor);
      const std::string value = name_ + ":" + options_.prefix + std::to_string(number);
      intake({.key = name_, .value = value, .offset = next_, .timestamp = {}});
    }
    return next_ < options_.count;
  }

  std::int64_t position() const noexcept override { return next_; }

 private:
  NumbersOptions options_;
  std::string name_;
  std::int64_t next_;
};

class Numbers final : public weir::SourceConnector {
 public:
  using Options = NumbersOptions;
  Numbers(const Options& options, const weir::ConnectorContext& context)
      : options_(options), port_(context.port()) {
    context.counter("opened", "times it was opened").add();
    context.log().info("pause " + std::to_string(options.pause.count()) + " at " +
                       std::to_string(context.clock().now().milliseconds));
    if (options.count < 0) throw std::invalid_argument("count must not be negative");
  }

  std::vector<std::string> splits() const override { return {port_ + "-a", port_ + "-b"}; }

  std::unique_ptr<weir::SplitReader> open(std::uint32_t split,
                                          std::optional<std::int64_t> position) override {
    if (options_.throws) throw std::runtime_error("the lesson is over");
    return std::make_unique<NumbersReader>(options_, splits()[split], position.value_or(0));
  }

 private:
  Options options_;
  std::string port_;
};

// Refuses what begins with "no" and throws at "throw".
class Picky final : public weir::SinkConnector {
 public:
  using Options = weir::NoOptions;
  Picky(const Options&, const weir::ConnectorContext& context)
      : taken_(context.counter("taken", "messages taken")) {}

  std::size_t write(std::span<const weir::Message> messages) override {
    const auto refused = std::find_if(messages.begin(), messages.end(), [](const auto& message) {
      if (message.value == "throw") throw std::runtime_error("did as told");
      return message.value.starts_with("no");
    });
    taken_.add(static_cast<std::uint64_t>(refused - messages.begin()));
    return static_cast<std::size_t>(refused - messages.begin());
  }
  bool flush() override { return ++flushes_ % 2 == 0; }

 private:
  weir::Counter taken_;
  int flushes_ = 0;
};

}  // namespace

WEIR_PLUGIN("ports", "1.0.0") {
  source_connector<Numbers>("numbers", {.doc = "counts"});
  sink_connector<Picky>("picky", weir::Delivery::Idempotent, {.doc = "takes some"});
}
