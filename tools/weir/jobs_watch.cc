#include "jobs_watch.h"

#include <chrono>
#include <ostream>

#include "base/format.h"
#include "jobs_files.h"
#include "rollout/durable_file.h"
#include "rollout/plan_text.h"
#include "rollout_session.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kStill(1);

std::string text_in(const Arguments& arguments) {
  const auto text = read_whole_file(arguments.value("from").value_or(kJobsFileDefault));
  return text ? *text : std::string();
}

}  // namespace

JobsWatch::JobsWatch(const Arguments& arguments,
                     const std::string& address,
                     const Clock& clock,
                     Console& console)
    : clock_(clock), console_(console), seen_at_(clock.monotonic_now()) {
  if (!arguments.positional.empty()) arguments_.options["from"] = arguments.positional;
  const auto folders = arguments.options.find("plugin-path");
  if (folders != arguments.options.end()) arguments_.options["plugin-path"] = folders->second;
  arguments_.options["http"] = {address};
  handled_ = seen_ = text_in(arguments_);
}

void JobsWatch::look() {
  std::string now = text_in(arguments_);
  if (now != seen_) {
    seen_ = std::move(now);
    seen_at_ = clock_.monotonic_now();
    return;
  }
  if (seen_ == handled_ || seen_.empty() || clock_.monotonic_now() - seen_at_ < kStill) return;
  handled_ = seen_;
  act();
}

void JobsWatch::act() {
  RolloutSession session("run", arguments_, console_);
  const auto hold = session.begin();
  if (!hold) return;
  const auto made = session.plan_text_of(handled_, nullptr);
  if (!made) return;
  const auto doubts = doubts_about(made->plan);
  if (doubts.empty()) {
    session.carry_out(*made, "watch", false);
    return;
  }
  console_.error << plan_text(made->plan) << "not applied by itself:\n";
  for (const std::string& doubt : doubts)
    console_.error << format("  {}\n", doubt);
}

}  // namespace weir
