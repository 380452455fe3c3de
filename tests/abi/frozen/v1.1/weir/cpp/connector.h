// Source and sink connectors written in C++.
//
//   struct ScheduleOptions {
//     std::string file = "schedule.jsonl";
//     std::int64_t seed = 1;
//   };
//   WEIR_OPTIONS(ScheduleOptions, (file, "where the lessons are"), (seed, "repeats a run"))
//
//   class Schedule final : public weir::SourceConnector {
//    public:
//     using Options = ScheduleOptions;
//     Schedule(const Options& options, const weir::ConnectorContext& context);
//     ...
//   };
//
//   WEIR_PLUGIN("lessons", "1.0.0") {
//     source_connector<Schedule>("lesson-schedule", {.doc = "lessons from a file"});
//   }
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <weir/cpp/parameter.h>
#include <weir/cpp/services.h>
#include <weir/cpp/shell.h>

namespace weir {
inline namespace v1 {

// One message of the outside world. What it points to is lent for the call.
struct Message {
  std::string_view key;
  std::string_view value;
  std::int64_t offset = 0;        // In its split, growing.
  std::optional<Time> timestamp;  // When the outside world got it.
};

// Takes what a source polled.
class Intake final {
 public:
  explicit Intake(weir_intake* intake) : intake_(intake) {}

  void operator()(const Message& message) const {
    auto table = detail::sized<weir_message>();
    table.key = {reinterpret_cast<const std::uint8_t*>(message.key.data()), message.key.size()};
    table.value = {reinterpret_cast<const std::uint8_t*>(message.value.data()),
                   message.value.size()};
    table.offset = message.offset;
    table.timestamp = message.timestamp ? message.timestamp->milliseconds : -1;
    intake_->take(intake_, &table, 1);
  }

 private:
  weir_intake* intake_;
};

// Reads one split. Calls never overlap, but may come from different threads. What a function throws
// is final for the job.
class SplitReader {
 public:
  virtual ~SplitReader() = default;

  // Hands over at most `messages_max` messages that are ready, in order. Never blocks. False:
  // nothing will ever follow.
  virtual bool poll(std::uint32_t messages_max, const Intake& intake) = 0;

  // Where a reader must start to continue behind the last message handed over; not negative.
  virtual std::int64_t position() const noexcept = 0;
};

// One use of the connector by one source port of one job. Called on the control thread.
class SourceConnector {
 public:
  virtual ~SourceConnector() = default;

  // Unique, stable names. Asked once.
  virtual std::vector<std::string> splits() const = 0;

  // `split` is an index into splits(). Without a position, from the beginning.
  virtual std::unique_ptr<SplitReader> open(std::uint32_t split,
                                            std::optional<std::int64_t> position) = 0;

  // Stops all threads of its own.
  virtual void quiesce() noexcept {}
};

// One writer; the host makes one for each worker. Calls never overlap, and never block.
class SinkConnector {
 public:
  virtual ~SinkConnector() = default;

  // Takes messages in order and returns how many; the host offers the rest again later.
  virtual std::size_t write(std::span<const Message> messages) = 0;

  // True once everything written is safe in the outside world; false: not yet, ask again.
  virtual bool flush() = 0;

  // Stops all threads of its own.
  virtual void quiesce() noexcept {}
};

// What a sink promises when the host writes a message again after a failure.
enum class Delivery : std::uint32_t {
  AtLeastOnce = WEIR_AT_LEAST_ONCE,  // It is there twice.
  Idempotent = WEIR_IDEMPOTENT,      // Nothing changes.
};

// Whom a connector works for.
class ConnectorContext final {
 public:
  ConnectorContext(const weir_host* host, std::string_view port) : host_(host), port_(port) {}

  // The name of the port of the job.
  const std::string& port() const { return port_; }
  Log log() const { return Log(host_); }
  Clock clock() const { return Clock(host_); }
  Counter counter(std::string_view name, std::string_view doc) const {
    return Counter(host_, name, doc);
  }

 private:
  const weir_host* host_;
  std::string port_;
};

// For connectors without options.
struct NoOptions {};

namespace detail {

template <class Options, class Member>
struct OptionField {
  using Type = Member;
  std::string_view name;
  Member Options::*member;
  std::string_view doc;
};

template <class Options, class Member>
constexpr OptionField<Options, Member> make_option(std::string_view name,
                                                   Member Options::*member,
                                                   std::string_view doc = {}) {
  static_assert(std::is_same_v<Member, ParameterValue<Member>>,
                "an option is a bool, a std::int64_t, a double, a std::string or a weir::Duration");
  return {name, member, doc};
}

constexpr std::tuple<> weir_options_of(Of<NoOptions>) {
  return {};
}

// One slot for each option, holding its default.
template <class Options>
std::deque<ParameterSlot> option_slots() {
  std::deque<ParameterSlot> slots;
  const Options defaults{};
  std::apply(
      [&](const auto&... fields) {
        (fill_slot(slots.emplace_back(), fields.name, defaults.*(fields.member), fields.doc), ...);
      },
      weir_options_of(Of<Options>()));
  return slots;
}

// Null `values` give the defaults.
template <class Options>
Options read_options(const weir_value* values) {
  std::deque<ParameterSlot> slots = option_slots<Options>();
  Options options{};
  std::size_t index = 0;
  const auto read = [&]<class Member>(const OptionField<Options, Member>& field) {
    ParameterSlot& slot = slots[index];
    if (values != nullptr && !slot.set(values[index])) {
      throw std::invalid_argument("the value of option " + slot.name + " is of another type");
    }
    options.*(field.member) = *value_in<Member>(slot);
    ++index;
  };
  std::apply([&](const auto&... fields) { (read(fields), ...); }, weir_options_of(Of<Options>()));
  return options;
}

}  // namespace detail
}  // namespace v1
}  // namespace weir

#define WEIR_OPTION(item) WEIR_PASTE(WEIR_OPTION_, WEIR_IS_LIST(item))(item)
#define WEIR_OPTION_0(option) ::weir::detail::make_option(#option, &WeirOptions::option)
#define WEIR_OPTION_1(list) WEIR_OPTION_LIST list
#define WEIR_OPTION_LIST(option, doc) \
  ::weir::detail::make_option(#option, &WeirOptions::option, doc)

// WEIR_OPTIONS(Type, options...): what jobs.toml may set. An option is its name, or (name, "doc").
#define WEIR_OPTIONS(OptionsType, ...)                                               \
  [[maybe_unused]] constexpr auto weir_options_of(::weir::detail::Of<OptionsType>) { \
    using WeirOptions = OptionsType;                                                 \
    return std::make_tuple(WEIR_EACH(WEIR_OPTION, __VA_ARGS__));                     \
  }
