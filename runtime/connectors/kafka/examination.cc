#include "connectors/kafka/examination.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/format.h"
#include "connectors/kafka/cluster_query.h"
#include "connectors/kafka/group_state.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/transactional_producer.h"

namespace weir::kafka {
namespace {

using Level = Finding::Level;

constexpr auto kSkewMax = std::chrono::minutes(1);

// What one job wants of one cluster.
struct Needs {
  ClusterSpec cluster;
  std::string job;
  std::set<std::string> read;             // Topics.
  std::set<std::string> written;          // Topics.
  std::vector<std::string> exactly_once;  // Topics, of those.
  std::vector<SourceSettings> sources;
};

std::map<std::string, Needs> needs_of(std::span<const PortRequest> sources,
                                      std::span<const PortRequest> sinks) {
  std::map<std::string, Needs> needs;
  std::vector<OptionMistake> ignored;  // Of a file that was checked before.
  for (const PortRequest& request : sources) {
    const SourceSettings source = read_source_settings(request, ignored);
    Needs& of_cluster = needs[source.cluster.name];
    of_cluster.cluster = source.cluster;
    of_cluster.job = request.job;
    of_cluster.read.insert(source.topics.begin(), source.topics.end());
    of_cluster.sources.push_back(source);
  }
  for (const PortRequest& request : sinks) {
    const SinkSettings sink = read_sink_settings(request, ignored);
    Needs& of_cluster = needs[sink.cluster.name];
    of_cluster.cluster = sink.cluster;
    of_cluster.job = request.job;
    of_cluster.written.insert(sink.topic);
    if (sink.delivery == Delivery::Transactional) of_cluster.exactly_once.push_back(sink.topic);
  }
  return needs;
}

// A coordinator is not there at once when it is asked for the first time.
template <class Ask>
auto patiently(ClusterQuery& query, const Ask& ask) {
  constexpr int kAgainMax = 5;
  auto answer = ask();
  for (int i = 0; i < kAgainMax && !answer; ++i) {
    if (answer.error().kind() != ErrorKind::Unavailable) break;
    if (!query.wait(std::chrono::milliseconds(500))) break;
    answer = ask();
  }
  return answer;
}

// One cluster, as one job needs it.
class Examination final {
 public:
  Examination(const Needs& needs, const Log& log, std::vector<Finding>& findings)
      : needs_(needs), log_(log), findings_(findings) {}

  void run() {
    auto client = Client::open(Role::Consumer, needs_.cluster, {{"group.id", needs_.job}}, log_);
    if (!client) {
      return add(Level::Problem, "client", client.error().message(), "mend the properties");
    }
    ClusterQuery query(**client, std::stop_token());
    if (!is_reachable(query)) return;
    examine_topics(query);
    examine_group(query);
    examine_clock(query);
    if (!needs_.exactly_once.empty()) examine_transactions();
  }

 private:
  void add(Level level, const std::string& subject, std::string found, std::string advice = {}) {
    const std::string where = format("kafka {}", needs_.cluster.name);
    findings_.push_back({level,
                         subject.empty() ? where : format("{}: {}", where, subject),
                         std::move(found),
                         std::move(advice)});
  }

  bool is_reachable(ClusterQuery& query) {
    const auto state = query.describe_cluster();
    if (!state) {
      add(Level::Problem,
          "",
          format("{} does not answer: {}", needs_.cluster.brokers, state.error().message()),
          "start the brokers, or correct `brokers`, login and encryption of the section");
      return false;
    }
    add(Level::Good, "", format("{} brokers answer at {}", state->brokers, needs_.cluster.brokers));
    return true;
  }

  void examine_topics(ClusterQuery& query) {
    std::set<std::string> all = needs_.read;
    all.insert(needs_.written.begin(), needs_.written.end());
    const auto states = query.describe_with_rights({all.begin(), all.end()});
    if (!states) {
      return add(Level::Problem,
                 "topics",
                 states.error().message(),
                 "give the job's user the right to describe and use its topics");
    }
    for (const auto& [name, state] : *states)
      judge(name, state);
  }

  void judge(const std::string& name, const TopicState& state) {
    const std::string subject = "topic " + name;
    if (state.presence == TopicState::Presence::Missing) {
      return add(Level::Problem, subject, "does not exist", "create it, or correct its name");
    }
    if (state.presence == TopicState::Presence::NotNow) {
      return add(Level::Doubt, subject, "is not ready", "look again; a partition has no leader");
    }
    std::string missing;
    const auto want = [&](const std::set<std::string>& topics, const std::string& right) {
      if (!topics.contains(name) || state.rights.contains(right)) return;
      missing += (missing.empty() ? "" : " and ") + right;
    };
    want(needs_.read, "Read");
    const auto marker = marker_of(needs_.exactly_once, needs_.sources);
    if (marker && *marker) want({(*marker)->topic}, "Read");  // To commit an offset there.
    want(needs_.written, "Write");
    if (!missing.empty()) {
      return add(Level::Problem,
                 subject,
                 format("no right to {} it", missing),
                 format("give the job's user the right {} on the topic", missing));
    }
    add(Level::Good, subject, format("{} partitions", state.partitions));
  }

  void examine_group(ClusterQuery& query) {
    if (needs_.read.empty() && needs_.exactly_once.empty()) return;
    const std::string subject = "group " + needs_.job;
    const auto rights = patiently(query, [&] { return query.rights_to_group(needs_.job); });
    if (rights && rights->contains("Read")) {
      const auto committed = query.all_committed(needs_.job);
      return add(
          Level::Good, subject, format("{} committed offsets", committed ? committed->size() : 0));
    }
    add(Level::Problem,
        subject,
        rights ? "no right to Read it" : rights.error().message(),
        "give the job's user the right Read on the group of the job's name");
  }

  // The newest record of a topic tells of a clock that is wrong, here or at who writes it.
  void examine_clock(ClusterQuery& query) {
    const auto states = query.describe({needs_.read.begin(), needs_.read.end()});
    if (!states) return;
    std::vector<Partition> partitions;
    for (const auto& [name, state] : *states) {
      for (std::int32_t i = 0; i < state.partitions; ++i)
        partitions.push_back({name, i});
    }
    const auto newest = query.newest(partitions);
    if (!newest || !*newest) return;
    const auto now = SystemClock().wall_now().time_since_epoch();
    const auto ahead = std::chrono::milliseconds(**newest) - now;
    if (ahead <= kSkewMax) return add(Level::Good, "clock", "no record is of the future");
    add(Level::Doubt,
        "clock",
        format("the newest record is {} s ahead of this machine's clock", ahead.count() / 1000),
        "compare the clocks of this machine, of the brokers and of who writes the topics (chrony)");
  }

  // With an id of its own: taking over the job's would shut out a job that runs.
  void examine_transactions() {
    const std::string id = format("weir-{}-doctor", needs_.job);
    const std::string subject = format("transactional ids weir-{}-*", needs_.job);
    const auto producer = TransactionalProducer::open(needs_.cluster, id, {}, log_, {});
    const Status outcome = producer ? (*producer)->take_over() : Status(producer.error());
    if (outcome) return add(Level::Good, subject, format("{} could be used", id));
    const bool is_refused = outcome.error().kind() == ErrorKind::Invalid;
    add(is_refused ? Level::Doubt : Level::Problem,
        subject,
        outcome.error().message(),
        is_refused
            ? format("give the job's user the rights Write and Describe on the transactional "
                     "ids that begin with weir-{}-",
                     needs_.job)
            : "look at the brokers: their transaction coordinator does not answer");
  }

  const Needs& needs_;
  const Log& log_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::vector<Finding> examine_clusters(std::span<const PortRequest> sources,
                                      std::span<const PortRequest> sinks,
                                      const Log& log) {
  std::vector<Finding> findings;
  for (const auto& [name, needs] : needs_of(sources, sinks))
    Examination(needs, log, findings).run();
  return findings;
}

}  // namespace weir::kafka
