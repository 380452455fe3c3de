#include "sim/lives.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/format.h"

namespace weir::sim {
namespace {

using fakes::TransactionalBroker;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kSplits = 2;
constexpr std::int64_t kOutOfOrder = 20;
constexpr std::uint32_t kWorkersMax = 4;
constexpr WindowSpec kSums{.size = 60, .slide = 20};
constexpr WindowSpec kPairs{.size = 40, .slide = 20, .offset = 5};
const std::vector<std::string> kPorts = {"raw", "sums", "pairs", "side.errors"};

bool is_useful(std::int64_t amount) {
  return amount % 7 != 0;
}

// None, one or two.
std::vector<std::int64_t> copies_of(std::int64_t amount) {
  std::vector<std::int64_t> copies;
  for (std::int64_t copy = 0; copy < amount % 3; ++copy)
    copies.push_back(amount * 10 + copy);
  return copies;
}

std::string between(const std::string& text, const std::string& before, char behind) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "?";
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(behind, from) - from);
}

// Each once.
std::multiset<std::string> distinct(const std::multiset<std::string>& lines) {
  const std::set<std::string> once(lines.begin(), lines.end());
  return {once.begin(), once.end()};
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

Lives::Lives(std::uint64_t seed, Kind kind, Mutation mutation)
    : random_(seed),
      kind_(kind),
      mutation_(mutation),
      is_exactly_once_(kind != Kind::AtLeastOnce),
      records_(60 + random_() % 120),
      left_{"left", std::vector<std::int64_t>(kSplits), std::vector<std::size_t>(kSplits), {}},
      right_{"right", std::vector<std::int64_t>(kSplits), std::vector<std::size_t>(kSplits), {}} {
  make_job();
  world_.topic("left", kSplits);
  world_.topic("right", kSplits);
  if (mutation == Mutation::SkipFlush) {
    world_.broker().stop_flushing();
    for (const std::string& port : kPorts)
      world_.output(port).skip_flushes();
  }
  begin_life();
}

Lives::~Lives() = default;

void Lives::make_job() {
  const auto useful = job_->filter("useful",
                                   job_->source("left", kOutOfOrder),
                                   [](const Click& each) { return is_useful(each.amount); });
  job_->sink("raw", useful);
  const auto copies =
      job_->map("copies", useful, [](const Click& each) { return copies_of(each.amount); });
  const auto left = job_->key_by_user("by-left", copies);
  const auto right = job_->key_by_user("by-right", job_->source("right", kOutOfOrder));
  job_->sink("sums", job_->sum("summed", left, kSums));
  job_->sink("pairs", job_->co_group("paired", left, right, kPairs));
}

JobSpec Lives::spec(bool may_start_empty) {
  JobSpec made;
  made.name = "clicks";
  made.epoch = milliseconds(100);
  made.may_start_empty = may_start_empty;
  for (const char* port : {"left", "right"}) {
    SourceSpec source;
    source.uid = port;
    source.request.job = made.name;
    source.request.port = port;
    source.idle_after = milliseconds(0);
    made.sources.push_back(std::move(source));
  }
  for (const std::string& port : kPorts)
    connect(made, port);
  return made;
}

void Lives::connect(JobSpec& made, const std::string& port) {
  world_.output(port);
  if (is_exactly_once_) {
    world_.make_transactional(port);
  } else {
    world_.make_plain(port);
  }
  PortRequest request;
  request.job = made.name;
  request.port = port;
  if (port.starts_with("side.")) {
    SideSpec side;
    side.stream = port.substr(5);
    side.request = std::move(request);
    made.sides.push_back(std::move(side));
  } else {
    SinkSpec sink;
    sink.uid = port;
    sink.request = std::move(request);
    made.sinks.push_back(std::move(sink));
  }
}

void Lives::start_host(bool may_start_empty) {
  JobHostOptions options{
      .workers = workers_,
      .clock = clock_,
      .log = log_,
      .find_connector = [this](std::string_view, const std::filesystem::path&)
          -> Result<const Connector*> { return &world_; },
      .load_code = [this](const JobSpec&) -> Result<std::shared_ptr<const JobCode>> {
        return std::shared_ptr<const JobCode>(job_);
      },
      .on_change = {},
      .open_image = [this, seen = disk_](const JobSpec&) -> Result<std::unique_ptr<StateImage>> {
        return open_sim_image(*seen, mutation_);
      }};
  host_ = std::make_unique<SteppedHost>(std::move(options), random_());
  CHECK(host_->submit(spec(may_start_empty)));
}

void Lives::begin_life() {
  const std::uint32_t before =
      std::exchange(workers_, 1 + static_cast<std::uint32_t>(random_() % kWorkersMax));
  events_.new_counts += before != 0 && before != workers_ ? 1 : 0;
  start_host(false);
  if (kind_ != Kind::LostState) return;
  host_->step_until(
      [this] {
        if (status().state == JobState::Waiting) clock_.advance(seconds(1));
        return status().state == JobState::Running || is_over(status().state);
      },
      20'000);
  if (status().state != JobState::Failed) return;
  if (status().cause.find("--start-empty") == std::string::npos) return;
  ++events_.lost_states;
  host_.reset();
  start_host(true);
}

void Lives::end_life() {
  if (status().state == JobState::Failed && problem_.empty()) problem_ = status().cause;
  const bool may_change = kind_ == Kind::Changing && chance(2);
  const bool is_drained = (may_change || chance(2)) && drain();
  host_.reset();
  disk_->now.failure.reset();
  ++(is_drained ? events_.drains : events_.crashes);
  if (!is_drained) {
    for (const std::string& port : kPorts) {
      fakes::MemoryOutput& output = world_.output(port);
      events_.lost_rows += output.size() > output.flushed() ? 1 : 0;
      output.lose_unflushed();
    }
  }
  if (may_change && is_drained && !disk_->now.prepared) {
    ++events_.changes;
    is_exactly_once_ = !is_exactly_once_;
  } else if (chance(2)) {
    events_.lost_marks += disk_->now.epoch != disk_->synced.epoch ? 1 : 0;
    disk_->now = disk_->synced;
  }
  if (kind_ == Kind::LostState && chance(3)) disk_ = std::make_shared<SimDisk>();
}

// Whether it came to its end.
bool Lives::drain() {
  calm();
  const auto is_answered = std::make_shared<bool>(false);
  host_->stop_later("clicks", seconds(60), [is_answered](const Status&) { *is_answered = true; });
  for (std::size_t i = 0; i < 2000 && !*is_answered; ++i) {
    step(20);
    clock_.advance(milliseconds(20));
  }
  return *is_answered && status().state == JobState::Stopped;
}

void Lives::calm() {
  disk_->now.failure.reset();
  world_.broker().calm();
  world_.topic("left").limit_polls(SIZE_MAX);
  world_.topic("right").limit_polls(SIZE_MAX);
  for (const std::string& port : kPorts) {
    world_.output(port).limit_writes(SIZE_MAX);
    world_.output(port).hold_flushes(false);
  }
}

void Lives::feed() {
  Input& input = chance(2) ? left_ : right_;
  const std::size_t split = random_() % kSplits;
  const std::size_t offset = input.offsets[split]++;
  --records_;
  if (chance(10)) {
    world_.topic(input.port).append(split, "nonsense");
    errors_.insert(format("{} {} {}", input.port, split, offset));
    return;
  }
  input.times[split] += static_cast<std::int64_t>(random_() % 15);
  const auto back = static_cast<std::int64_t>(random_() % (kOutOfOrder + 1));
  const ClickRow row{.tm = std::max<std::int64_t>(0, input.times[split] - back),
                     .user = format("user-{}", random_() % 5),
                     .amount = static_cast<std::int64_t>(1 + random_() % 1000)};
  world_.topic(input.port).append(split, click(row.tm, row.user, row.amount));
  input.rows.push_back(row);
}

void Lives::disturb() {
  using Trouble = TransactionalBroker::Trouble;
  using Call = TransactionalBroker::Call;
  constexpr std::array kCalls = {Call::Recover, Call::Flush, Call::Commit};
  const std::string& port = kPorts[random_() % kPorts.size()];
  switch (random_() % 12) {
    case 0:
      ++events_.full_disks;
      disk_->now.failure = Error(ErrorKind::Unavailable, "no space left on device");
      return;
    case 1: return disk_->now.failure.reset();
    case 2:
    case 3:
      return world_.broker().disturb_next(kCalls[random_() % kCalls.size()],
                                          static_cast<Trouble>(random_() % 3));
    case 4: return world_.broker().deliver_late();
    case 5: return world_.topic(chance(2) ? "left" : "right").limit_polls(1 + random_() % 20);
    case 6: return world_.output(port).limit_writes(random_() % 3);
    case 7: return world_.output(port).hold_flushes(chance(2));
    default: return clock_.advance(milliseconds(random_() % 150));
  }
}

void Lives::step(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    host_->step();
}

JobStatus Lives::status() {
  return host_->status().jobs.at(0);
}

std::string Lives::run() {
  while (records_ > 0) {
    for (std::size_t turns = 10 + random_() % 40; turns > 0 && records_ > 0; --turns) {
      for (std::size_t i = random_() % 3; i > 0 && records_ > 0; --i)
        feed();
      if (chance(3)) disturb();
      step(random_() % 80);
      clock_.advance(milliseconds(random_() % 30));
    }
    end_life();
    begin_life();
  }
  world_.topic("left").end_all();
  world_.topic("right").end_all();
  for (std::size_t i = 0; i < 20 && !is_over(status().state); ++i) {
    disturb();
    step(random_() % 80);
  }
  if (chance(2)) {
    end_life();
    begin_life();
  }
  std::string problem = wait_for_end();
  events_.troubles = world_.broker().troubles();
  if (!problem_.empty()) return problem_;
  return problem.empty() ? compare() : problem;
}

std::string Lives::wait_for_end() {
  calm();
  for (std::size_t i = 0; i < 2000 && !is_over(status().state); ++i) {
    step(100);
    clock_.advance(milliseconds(200));
  }
  const JobStatus last = status();
  if (last.state == JobState::Finished) return {};
  return format("the job is {}: {}", name_of(last.state), last.cause);
}

std::string Lives::compare() {
  const auto found = [&](const std::string& port) {
    std::multiset<std::string> lines;
    for (std::string& line : world_.broker().values(port))
      lines.insert(std::move(line));
    for (std::string& line : world_.output(port).values())
      lines.insert(std::move(line));
    return lines;
  };
  ClickRows useful;
  ClickRows copies;
  for (const ClickRow& row : left_.rows) {
    if (!is_useful(row.amount)) continue;
    useful.push_back(row);
    for (const std::int64_t amount : copies_of(row.amount))
      copies.push_back({row.tm, row.user, amount});
  }
  std::multiset<std::string> errors;
  for (const std::string& record : found("side.errors")) {
    errors.insert(format("{} {} {}",
                         between(record, R"("operator":")", '"'),
                         between(record, R"("partition":)", ','),
                         between(record, R"("offset":)", ',')));
  }
  const auto judge = [&](const std::string& port,
                         const std::multiset<std::string>& expected,
                         const std::multiset<std::string>& seen) {
    if (!has_doubles()) return differences(port, expected, seen);
    return differences(port, distinct(expected), distinct(seen));
  };
  std::string problem = judge("raw", lines_of(useful), found("raw"));
  if (problem.empty()) problem = judge("errors", errors_, errors);
  if (!problem.empty() || kind_ == Kind::LostState) return problem;
  problem = judge("sums", lines_of(sums_of(kSums, copies)), found("sums"));
  if (!problem.empty()) return problem;
  return judge("pairs", lines_of(pairs_of(kPairs, copies, right_.rows)), found("pairs"));
}

}  // namespace weir::sim
