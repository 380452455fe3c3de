#include "harness/restarts.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/check.h"
#include "fakes/memory_image.h"
#include "harness/recorded_output.h"

namespace weir::harness {
namespace {

constexpr const char* kUid = "subject";

// One task of the crew.
struct Member {
  std::unique_ptr<Operator> subject;
  KeyGroupRange groups;
  std::int64_t watermark;  // That it has been told.
  StateDelta delta;
  bool is_collecting = false;
};

void sort(Observed& observed) {
  std::ranges::sort(observed.rows);
  std::ranges::sort(observed.late);
  std::ranges::sort(observed.refused);
  std::ranges::sort(observed.refused_windows);
}

class Crew final {
 public:
  Crew(const Restarts::Factory& factory,
       const Restarts::Print& print,
       const std::vector<Step>& steps,
       std::uint64_t seed)
      : factory_(factory), print_(print), steps_(steps), random_(seed) {}

  RestartedRun run() {
    restore();
    while (at_ < steps_.size()) {
      take(steps_[at_++]);
      collect_more();
      const std::size_t dice = random_() % 12;
      if (dice == 0) begin_epoch();
      if (dice == 1) crash();
    }
    begin_epoch();
    while (is_collecting())
      collect_more();
    crash();
    for (Member& member : members_)
      advance(member, EventTime::max().milliseconds);
    for (const Member& member : members_)
      CHECK(member.subject->key_count() == 0, "state is left");
    sort(now_.observed);
    return std::move(now_);
  }

 private:
  void restore() {
    const auto image = fakes::open_memory_image(disk_);
    const auto count = static_cast<std::uint32_t>(1 + random_() % 3);
    now_.largest_crew = std::max<std::size_t>(now_.largest_crew, count);
    members_.clear();
    members_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      Member& member = members_[i];
      member.groups = key_groups_of(i, kKeyGroupsDefault, count);
      member.subject = factory_(member.groups);
      member.watermark = EventTime::min().milliseconds;
      const Status restored = member.subject->restore(*image->reader(kUid));
      CHECK(restored.has_value());
    }
  }

  void take(const Step& step) {
    if (const auto* until = std::get_if<Until>(&step)) {
      for (Member& member : members_) {
        if (random_() % 3 != 0) advance(member, until->time);
      }
      return;
    }
    const auto& input = std::get<Input>(step);
    const RowBatch batch = batch_of({&input, 1});
    for (Member& member : members_) {
      if (member.groups.index_of(batch.keys[0].hash) >= member.groups.count) continue;
      // The user's first row: what its group has been told so far.
      auto& seen = now_.seen[input.user];
      tell(seen, group_watermark(batch.keys[0].hash));
      seen.emplace_back(input);
      CHECK(member.subject->process(input.port, batch, output_).has_value());
      observe(output_, print_, now_.observed);
    }
  }

  // The largest watermark that any task with that key's group was told counts for it.
  std::int64_t group_watermark(std::uint64_t hash) {
    return watermarks_[key_group_of(hash, kKeyGroupsDefault)];
  }
  static void tell(std::vector<Step>& seen, std::int64_t watermark) {
    if (watermark > EventTime::min().milliseconds) seen.emplace_back(Until{watermark});
  }

  void advance(Member& member, std::int64_t watermark) {
    if (watermark <= member.watermark) return;
    member.watermark = watermark;
    for (std::uint32_t i = 0; i < member.groups.count; ++i) {
      std::int64_t& known = watermarks_[member.groups.first + i];
      known = std::max(known, watermark);
    }
    for (auto& [user, seen] : now_.seen) {
      const std::uint64_t hash = hash_key(user);
      if (member.groups.index_of(hash) < member.groups.count) tell(seen, group_watermark(hash));
    }
    while (true) {
      const auto advanced = member.subject->advance({watermark}, output_);
      CHECK(advanced.has_value());
      observe(output_, print_, now_.observed);
      if (*advanced == Advance::Complete) return;
    }
  }

  bool is_collecting() const {
    return std::ranges::any_of(members_, [](const Member& each) { return each.is_collecting; });
  }

  void begin_epoch() {
    if (is_collecting()) return;
    for (Member& member : members_) {
      member.delta = {};
      member.subject->collect(member.delta);
      member.is_collecting = true;
    }
    // What is committed is what was so at the barrier.
    at_barrier_ = now_;
    at_barrier_watermarks_ = watermarks_;
    position_at_barrier_ = at_;
  }

  void collect_more() {
    if (!is_collecting()) return;
    for (Member& member : members_) {
      if (member.is_collecting && random_() % 2 == 0)
        member.is_collecting = !member.subject->collect_more();
    }
    if (!is_collecting()) commit();
  }

  void commit() {
    const auto image = fakes::open_memory_image(disk_);
    EpochDelta epoch{.epoch = image->epoch() + 1, .positions = {}, .operators = {}};
    for (Member& member : members_)
      epoch.operators.push_back({.uid = kUid, .delta = std::move(member.delta)});
    CHECK(image->prepare(epoch).has_value() && image->commit().has_value());
    committed_ = at_barrier_;
    committed_watermarks_ = at_barrier_watermarks_;
    position_ = position_at_barrier_;
    ++epochs_;
  }

  void crash() {
    ++crashes_;
    now_ = committed_;
    watermarks_ = committed_watermarks_;
    at_ = position_;
    now_.epochs = epochs_;
    now_.crashes = crashes_;
    restore();
  }

  using Watermarks = std::vector<std::int64_t>;  // By key group.
  static Watermarks none() { return Watermarks(kKeyGroupsDefault, EventTime::min().milliseconds); }

  const Restarts::Factory& factory_;
  const Restarts::Print& print_;
  const std::vector<Step>& steps_;
  std::mt19937_64 random_;
  fakes::MemoryDisk disk_;
  std::vector<Member> members_;
  RecordedOutput output_;
  std::size_t epochs_ = 0;
  std::size_t crashes_ = 0;

  std::size_t at_ = 0;  // The next step.
  Watermarks watermarks_ = none();
  RestartedRun now_;

  std::size_t position_at_barrier_ = 0;
  Watermarks at_barrier_watermarks_ = none();
  RestartedRun at_barrier_;

  std::size_t position_ = 0;
  Watermarks committed_watermarks_ = none();
  RestartedRun committed_;
};

}  // namespace

Restarts::Restarts(Factory factory, Print print)
    : factory_(std::move(factory)), print_(std::move(print)) {}

RestartedRun Restarts::run(const std::vector<Step>& steps, std::uint64_t seed) const {
  return Crew(factory_, print_, steps, seed).run();
}

Observed answer_of_all(const std::map<std::string, std::vector<Step>>& seen,
                       const std::function<Observed(const std::vector<Step>&)>& answer) {
  Observed all;
  const auto join = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const auto& [user, steps] : seen) {
    const Observed one = answer(steps);
    join(all.rows, one.rows);
    join(all.late, one.late);
    join(all.refused, one.refused);
    join(all.refused_windows, one.refused_windows);
  }
  sort(all);
  return all;
}

}  // namespace weir::harness
