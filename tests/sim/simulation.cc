#include "sim/simulation.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir::sim {
namespace {

using fakes::TransactionalBroker;
using std::chrono::milliseconds;

constexpr std::size_t kSplits = 3;
constexpr std::int64_t kOutOfOrder = 20;
constexpr std::int64_t kWindow = 50;
constexpr std::size_t kVersions = 4;
// An amount is multiplied by this, and the number of the version added.
constexpr std::int64_t kStamp = 16;
const std::vector<std::string> kPorts = {"out", "raw", "side.filtered", "side.errors"};

std::string between(const std::string& text, const std::string& before, char behind) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "?";
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(behind, from) - from);
}

std::string differences(const std::string& port,
                        const std::multiset<std::string>& expected,
                        const std::multiset<std::string>& found) {
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::ranges::set_difference(expected, found, std::back_inserter(missing));
  std::ranges::set_difference(found, expected, std::back_inserter(surplus));
  if (missing.empty() && surplus.empty()) return {};
  return format("{}: {} missing ({}), {} too many ({})",
                port,
                missing.size(),
                missing.empty() ? "" : missing.front(),
                surplus.size(),
                surplus.empty() ? "" : surplus.front());
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, Mutation mutation)
    : random_(seed),
      mutation_(mutation),
      workers_(1 + static_cast<std::uint32_t>(random_() % 3)),
      records_(50 + random_() % 150),
      times_(kSplits),
      offsets_(kSplits) {
  for (std::size_t version = 0; version < kVersions; ++version)
    make_code(version);
  world_.topic("in", kSplits);
  if (mutation == Mutation::SkipFence) world_.broker().stop_fencing();
  if (mutation == Mutation::SkipClaim) world_.broker().ignore_claims();
  if (mutation == Mutation::TrustNumbers) world_.broker().tell_no_names();
  if (mutation == Mutation::SkipFlush) world_.broker().stop_flushing();
  if (mutation == Mutation::HideTrouble) world_.broker().hide_troubles();
  if (mutation == Mutation::DropSideRow) world_.broker().lose_next("side.errors");
  machine_ = start_machine(std::make_shared<SimDisk>());
}

Simulation::~Simulation() = default;

// The last one has another accumulator, so that the job must start again to get it.
void Simulation::make_code(std::size_t version) {
  auto code = std::make_shared<ClickJob>(format("{}.0.0", version));
  const auto useful = code->filter(
      "useful", code->source("in", kOutOfOrder), [](const Click& c) { return c.amount % 7 != 0; });
  const auto stamped = code->map("stamp", useful, [version](const Click& c) {
    return std::vector<std::int64_t>{c.amount * kStamp + static_cast<std::int64_t>(version)};
  });
  code->sink("raw", stamped);
  const std::uint32_t state_version = version + 1 == kVersions ? 2 : 1;
  code->sink(
      "out",
      code->sum("sums", code->key_by_user("user", stamped), {kWindow, kWindow}, state_version));
  codes_.push_back(std::move(code));
}

JobSpec Simulation::spec(std::size_t version) {
  const auto request = [](const std::string& port) {
    PortRequest made;
    made.job = "clicks";
    made.port = port;
    return made;
  };
  JobSpec made;
  made.name = "clicks";
  made.plugin_path = format("/store/{}", version);
  made.epoch = milliseconds(100);
  SourceSpec source;
  source.uid = "in";
  source.request = request("in");
  source.idle_after = milliseconds(0);
  made.sources.push_back(std::move(source));
  for (const std::string& port : kPorts) {
    world_.output(port);
    world_.make_transactional(port);
    if (port.starts_with("side.")) {
      SideSpec side;
      side.stream = port.substr(5);
      side.request = request(port);
      made.sides.push_back(std::move(side));
    } else {
      SinkSpec sink;
      sink.uid = port;
      sink.request = request(port);
      made.sinks.push_back(std::move(sink));
    }
  }
  return made;
}

Simulation::Machine Simulation::start_machine(std::shared_ptr<SimDisk> disk) {
  Machine machine{.disk = std::move(disk), .host = nullptr};
  JobHostOptions options{
      .workers = workers_,
      .clock = clock_,
      .log = log_,
      .find_connector = [this](std::string_view, const std::filesystem::path&)
          -> Result<const Connector*> { return &world_; },
      .load_code = [this](const JobSpec&) -> Result<std::shared_ptr<const JobCode>> {
        return std::shared_ptr<const JobCode>(codes_[versions_.back()]);
      },
      .on_change = {},
      .open_image = [this, seen = machine.disk](const JobSpec&)
          -> Result<std::unique_ptr<StateImage>> { return open_sim_image(*seen, mutation_); }};
  machine.host = std::make_unique<SteppedHost>(std::move(options), random_());
  CHECK(machine.host->submit(spec(versions_.back())));
  return machine;
}

void Simulation::feed() {
  const std::size_t split = random_() % kSplits;
  const std::size_t offset = offsets_[split]++;
  --records_;
  if (chance(10)) {
    world_.topic("in").append(split, "nonsense");
    errors_.insert(format("{} {}", split, offset));
    return;
  }
  times_[split] += static_cast<std::int64_t>(random_() % 10);
  const auto back = static_cast<std::int64_t>(random_() % (kOutOfOrder + 1));
  const std::int64_t time = std::max<std::int64_t>(0, times_[split] - back);
  const std::string user = format("user-{}", random_() % 5);
  const std::int64_t amount = ++clicks_;
  world_.topic("in").append(split, click(time, user, amount));
  if (amount % 7 == 0) {
    ++filtered_;
    return;
  }
  useful_[amount] = {.split = split, .offset = offset, .time = time, .user = user};
}

void Simulation::step(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!zombies_.empty() && chance(4)) {
      step_zombie();
    } else {
      machine_.host->step();
    }
  }
}

// It starts its job again and again if it can: the new host must not notice.
void Simulation::step_zombie() {
  zombies_[random_() % zombies_.size()].host->step();
}

JobStatus Simulation::status() {
  return machine_.host->status().jobs.at(0);
}

bool Simulation::is_up() {
  return machine_.host->step_until(
      [this] {
        if (status().state == JobState::Waiting) clock_.advance(std::chrono::seconds(1));
        return status().state == JobState::Running || is_over(status().state);
      },
      5'000);
}

// The process is gone between two steps; what the disk had not synced may be gone as well.
void Simulation::crash() {
  ++events_.crashes;
  const auto disk = machine_.disk;
  machine_.host.reset();
  if (chance(2)) {
    events_.lost_marks += disk->now.epoch != disk->synced.epoch ? 1 : 0;
    disk->now = disk->synced;
  }
  disk->now.failure.reset();
  machine_ = start_machine(disk);
}

// The host only sleeps. Another takes over with its disk; then it wakes up, with what it has seen
// of the disk so far.
void Simulation::replace() {
  // One that has not taken over yet would do so when it wakes up, which is its right.
  // One amid a swap might end it there, and nobody would know.
  if (is_swapping_ || !is_up() || status().state != JobState::Running) return;
  ++events_.zombies;
  const bool is_revived = chance(2);
  if (is_revived) {
    clock_.advance(milliseconds(100));
    machine_.host->step_until([this] { return machine_.disk->now.prepared.has_value(); }, 500);
  }
  auto copy = std::make_shared<SimDisk>(*machine_.disk);
  copy->now.failure.reset();
  zombies_.push_back(std::move(machine_));
  machine_ = start_machine(std::move(copy));
  static_cast<void>(is_up());
  if (zombies_.size() > 2) zombies_.pop_front();
  if (is_revived) revive();
}

// The host that slept last is dead, and its process is started again with its disk, when the other
// may have published one epoch: perhaps one that is prepared here.
void Simulation::revive() {
  ++events_.revived;
  const std::uint64_t epoch = machine_.disk->now.epoch;
  clock_.advance(milliseconds(100));
  machine_.host->step_until([&] { return machine_.disk->now.epoch > epoch; }, random_() % 500);
  const auto disk = zombies_.back().disk;
  zombies_.pop_back();
  disk->now.failure.reset();
  Machine other = std::exchange(machine_, start_machine(disk));
  if (is_up() && status().state == JobState::Running) {
    zombies_.push_back(std::move(other));
  } else {
    ++events_.refused;
    machine_ = std::move(other);
  }
}

// Who dies before it could tell has not swapped.
void Simulation::swap() {
  if (is_swapping_ || status().state != JobState::Running) return;
  const std::size_t version = random_() % kVersions;
  if (version == versions_.back()) return;
  is_swapping_ = true;
  const auto follow = [this, version](const Result<SwapStatus>& over) {
    is_swapping_ = false;
    if (!over) {
      ++events_.failed_swaps;
      return;
    }
    versions_.push_back(version);
    ++events_.swaps;
    events_.converted += over->converted > 0 ? 1 : 0;
  };
  machine_.host->swap_later(spec(version), codes_[version], follow);
}

void Simulation::disturb() {
  using Trouble = TransactionalBroker::Trouble;
  using Call = TransactionalBroker::Call;
  switch (random_() % 14) {
    case 0: return crash();
    case 1:
      if (chance(3)) replace();
      return;
    case 2:
    case 3: {
      const auto call = static_cast<Call>(random_() % 4);
      world_.broker().disturb_next(call, static_cast<Trouble>(random_() % 3));
      return;
    }
    case 4: return world_.broker().deliver_late();
    case 5:
      ++events_.full_disks;
      machine_.disk->now.failure = Error(ErrorKind::Unavailable, "no space left on device");
      return;
    case 6: return machine_.disk->now.failure.reset();
    case 7: return world_.topic("in").limit_polls(1 + random_() % 20);
    case 8:
    case 9: return swap();
    default: return clock_.advance(milliseconds(random_() % 150));
  }
}

std::string Simulation::run() {
  while (records_ > 0) {
    for (std::size_t i = random_() % 4; i > 0 && records_ > 0; --i)
      feed();
    if (chance(3)) disturb();
    step(random_() % 60);
    clock_.advance(milliseconds(random_() % 30));
  }
  world_.topic("in").end_all();
  for (std::size_t i = 0; i < 30 && !is_over(status().state); ++i) {
    disturb();
    step(random_() % 60);
  }
  std::string problem = wait_for_end();
  events_.troubles = world_.broker().troubles();
  events_.fenced = world_.broker().fenced();
  events_.restarts += status().restarts;
  return problem.empty() ? compare() : problem;
}

std::string Simulation::wait_for_end() {
  world_.topic("in").limit_polls(SIZE_MAX);
  machine_.disk->now.failure.reset();
  world_.broker().calm();
  for (std::size_t i = 0; i < 2000 && !is_over(status().state); ++i) {
    step(100);
    clock_.advance(milliseconds(200));
  }
  const JobStatus last = status();
  if (last.state == JobState::Finished) return {};
  return format("the job is {}: {}", name_of(last.state), last.cause);
}

std::string Simulation::compare() const {
  const TransactionalBroker& broker = world_.broker();
  std::map<std::int64_t, std::size_t> version_of;
  std::string problem = compare_rows(version_of);
  if (problem.empty()) problem = compare_versions(version_of);
  std::multiset<std::string> errors;
  for (const std::string& record : broker.values("side.errors")) {
    errors.insert(format(
        "{} {}", between(record, R"("partition":)", ','), between(record, R"("offset":)", ',')));
  }
  if (problem.empty()) problem = differences("errors", errors_, errors);
  const std::size_t filtered = broker.values("side.filtered").size();
  if (problem.empty() && filtered != filtered_) {
    problem = format("filtered: {} instead of {}", filtered, filtered_);
  }
  return problem;
}

// Every useful record once, and their sums. Tells which version made each.
std::string Simulation::compare_rows(std::map<std::int64_t, std::size_t>& version_of) const {
  const auto found = [&](const std::string& port) {
    const auto values = world_.broker().values(port);
    return std::multiset<std::string>(values.begin(), values.end());
  };
  for (const std::string& row : found("raw")) {
    const std::int64_t stamped = std::stoll(between(row, R"("amount":)", '}'));
    version_of[stamped / kStamp] = static_cast<std::size_t>(stamped % kStamp);
  }
  std::multiset<std::string> raw;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
  for (const auto& [amount, record] : useful_) {
    const std::int64_t stamped = amount * kStamp + static_cast<std::int64_t>(version_of[amount]);
    raw.insert(click(record.time, record.user, stamped));
    sums[{(record.time / kWindow + 1) * kWindow - 1, record.user}] += stamped;
  }
  std::multiset<std::string> out;
  for (const auto& [place, amount] : sums)
    out.insert(click(place.first, place.second, amount));
  std::string problem = differences("raw", raw, found("raw"));
  return problem.empty() ? differences("out", out, found("out")) : problem;
}

// In each split, in the order of offsets: the versions that were in force, in their order.
std::string Simulation::compare_versions(
    const std::map<std::int64_t, std::size_t>& version_of) const {
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> in_order;
  for (const auto& [amount, record] : useful_)
    in_order[{record.split, record.offset}] = amount;
  std::vector<std::size_t> in_force(kSplits);  // By split: index into versions_.
  for (const auto& [place, amount] : in_order) {
    std::size_t& index = in_force[place.first];
    while (index < versions_.size() && versions_[index] != version_of.at(amount))
      ++index;
    if (index < versions_.size()) continue;
    return format("the record of split {} at offset {} was handled by version {} out of turn",
                  place.first,
                  place.second,
                  version_of.at(amount));
  }
  return {};
}

}  // namespace weir::sim
