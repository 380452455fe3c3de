// A connector by name: what jobs.toml may say about it, and how to open it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "connectors/finding.h"
#include "connectors/sink.h"
#include "connectors/source.h"
#include "connectors/transaction.h"

namespace weir {

enum class OptionType : std::uint8_t {
  Text,
  TextList,
  Integer,
  Number,
  Boolean,
  Duration,  // "6s", "250ms", "1h"; std::int64_t ms
  Size,      // "64MiB" or a number; std::int64_t bytes
  Path,      // std::string; made absolute, starting at the folder of jobs.toml
};

// One key that jobs.toml may give to a connector.
struct OptionSpec {
  std::string name;
  OptionType type = OptionType::Text;
  bool is_required = false;
  std::string doc;
  std::vector<std::string> allowed;  // Text only; empty: anything.
};

using OptionValue = std::variant<std::string, std::vector<std::string>, std::int64_t, double, bool>;
using Options = std::map<std::string, OptionValue, std::less<>>;

// What is wrong with the value of a key (or, with an empty key, with all of them together). The key
// "kafka.NAME.properties.PROPERTY" is that property of the cluster NAME.
struct OptionMistake {
  std::string key;
  std::string found;
  std::string expected;
  std::vector<std::string> names = {};  // The valid ones, where PROPERTY is not one of them.
};

// The same for one of several ports, by its place among them.
struct PortMistake {
  std::size_t port = 0;
  OptionMistake mistake;
};

// `[kafka.NAME]`: an outside system that several ports share.
struct ClusterSpec {
  std::string name;
  std::string brokers;
  std::map<std::string, std::string> properties;
};

// One use of a connector by one port of one job, checked.
struct PortRequest {
  std::string job;
  std::string port;  // uid of the port, or "side." and the name of the side stream
  Options options;
  std::map<std::string, ClusterSpec, std::less<>> clusters;
};

// Stateless; safe from any thread.
class Connector {
 public:
  virtual ~Connector() = default;

  virtual std::string_view name() const = 0;
  // Empty: the connector has no source (sink).
  virtual std::vector<OptionSpec> source_options() const = 0;
  virtual std::vector<OptionSpec> sink_options() const = 0;
  virtual bool has_source() const = 0;
  virtual bool has_sink() const = 0;

  // Finds everything that can be found without the outside world. The types have been checked
  // before.
  virtual std::vector<OptionMistake> check_source(const PortRequest& request) const = 0;
  virtual std::vector<OptionMistake> check_sink(const PortRequest& request) const = 0;

  // What is wrong with several source ports of one job together, although each alone is right.
  virtual std::vector<PortMistake> check_together(std::span<const PortRequest> sources) const {
    static_cast<void>(sources);
    return {};
  }

  // Whether what Source::commit is told outlives the process. What the job made of the records
  // before it must outlive it too, then.
  virtual bool remembers_positions(const PortRequest& source) const {
    static_cast<void>(source);
    return false;
  }

  virtual Result<std::unique_ptr<Source>> open_source(const PortRequest& request) const = 0;
  virtual Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const = 0;

  // Whether messages that its sink writes can have headers.
  virtual bool writes_headers() const { return false; }

  // How a sink with these options delivers. One that is Transactional takes part in what
  // open_transaction opens; open_sink is for all others.
  virtual Delivery delivery_of(const PortRequest& request) const {
    static_cast<void>(request);
    return Delivery::AtLeastOnce;
  }

  // What keeps a job's Transactional sinks from sharing a transaction, each with the place of the
  // sink that it is about. Each was checked before.
  virtual std::vector<std::pair<std::size_t, OptionMistake>> check_transaction(
      std::span<const PortRequest> sinks) const {
    static_cast<void>(sinks);
    return {};
  }

  // What a job's `epoch` must be instead, if the transaction of these sinks cannot take epochs of
  // this length. Each was checked before.
  virtual std::optional<std::string> check_epoch(std::span<const PortRequest> sinks,
                                                 std::chrono::milliseconds epoch) const {
    static_cast<void>(sinks);
    static_cast<void>(epoch);
    return std::nullopt;
  }

  // Looks at the outside world as one job needs it, and changes nothing there that matters. Takes
  // seconds where nobody answers. The ports were checked before.
  virtual std::vector<Finding> examine(std::span<const PortRequest> sources,
                                       std::span<const PortRequest> sinks) const {
    static_cast<void>(sources);
    static_cast<void>(sinks);
    return {};
  }

  // What a job does in one transaction. `sinks` are those of its sinks and side streams that are
  // Transactional, `sources` its sources of this connector. The transaction outlives the sinks,
  // which stand in the order of their requests, and the owner outlives the transaction.
  struct TransactionalPorts {
    std::unique_ptr<EpochTransaction> transaction;
    std::vector<std::unique_ptr<Sink>> sinks;
    std::vector<bool> has_positions;  // By source: they are committed in the transaction.
  };
  virtual Result<TransactionalPorts> open_transaction(std::span<const PortRequest> sinks,
                                                      std::span<const PortRequest> sources,
                                                      JobOwner& owner) const {
    static_cast<void>(sinks);
    static_cast<void>(sources);
    static_cast<void>(owner);
    return Error(ErrorKind::Invalid, "the connector has no transactions");
  }
};

}  // namespace weir
