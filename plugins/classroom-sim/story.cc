#include "story.h"

#include <algorithm>
#include <array>

#include "message.h"

namespace classroom_sim {
namespace {

constexpr std::int64_t kLessonLength = 180'000;  // Short lessons, so that a demo sees them end.
constexpr std::int64_t kLongestLead =
    1'000;  // No report arrives earlier than its lesson's start minus this.

// How steps of entering go wrong: the five steps in order, as parts of one.
constexpr std::array<double, 5> kStepFails = {0.01, 0.02, 0.04, 0.02, 0.03};

}  // namespace

bool parse_stream(std::string_view name, Stream& stream) {
  constexpr std::array<std::string_view, 6> kNames = {
      "enter", "signal", "av", "courseware", "teacher", "student"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return false;
  stream = static_cast<Stream>(found - kNames.begin());
  return true;
}

Story::Story(Stream stream, StoryOptions options) : stream_(stream), options_(options) {}

std::int64_t Story::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

bool Story::happens(double probability) {
  return static_cast<double>(random_() >> 11) * 0x1p-53 < probability;
}

std::int64_t Story::lesson_start(std::uint32_t lesson) const {
  return options_.start + static_cast<std::int64_t>(lesson) * kLessonLength / options_.lessons;
}

std::int64_t Story::next_arrival() {
  tell_lessons();
  return queue_.top().arrives;
}

void Story::next(std::string& message) {
  tell_lessons();
  write_message(stream_, queue_.top(), message);
  queue_.pop();
}

// Lessons are told ahead until no report of an untold one can arrive before the first of the queue.
void Story::tell_lessons() {
  while (queue_.empty() || lesson_start(next_lesson_) - kLongestLead <= queue_.top().arrives) {
    if (next_lesson_ % options_.parts == options_.part) tell_lesson(next_lesson_);
    ++next_lesson_;
  }
}

void Story::tell_lesson(std::uint32_t lesson) {
  random_.seed(options_.seed * 1'000'003 + lesson);
  const std::int64_t begin = lesson_start(lesson);
  const std::int64_t end = begin + kLessonLength;
  tell_user(lesson, true, begin, end);
  tell_user(lesson, false, begin + between(0, 15'000), end);
  tell_courseware(lesson, begin + 20'000, end);
}

void Story::tell_user(std::uint32_t lesson, bool is_teacher, std::int64_t begin, std::int64_t end) {
  Report user;
  user.lesson = lesson;
  user.is_teacher = is_teacher;
  user.client = static_cast<std::uint8_t>(between(0, 2));
  const std::int64_t entered = tell_entering(user, begin);
  if (entered < 0) return;

  const bool bad_network = happens(0.1);
  for (std::int64_t tm = entered; tm < end; tm += 500) {
    Report sample = user;
    sample.tm = tm;
    const bool silent = bad_network && happens(0.2);
    sample.first = static_cast<std::int32_t>(between(200, 900));
    sample.second = silent ? 0 : static_cast<std::int32_t>(between(200, 900));
    sample.third = silent ? 500 : static_cast<std::int32_t>(happens(0.02) ? between(50, 400) : 0);
    report(Stream::Av, sample);
  }
  for (std::int64_t tm = entered + 2'000; tm < end; tm += 5'000) {
    Report beat = user;
    beat.tm = tm;
    beat.first = 3;
    report(Stream::Signal, beat);
  }
  Report leave = user;
  leave.tm = end;
  leave.first = 1;
  report(Stream::Signal, leave);
}

std::int64_t Story::tell_entering(Report user, std::int64_t begin) {
  const std::int64_t slowness = happens(0.03) ? 10 : 1;
  std::int64_t tm = begin;
  for (std::int32_t attempt = 1;; ++attempt) {
    Report join = user;
    join.tm = tm;
    join.first = attempt == 1 ? 0 : 2;
    report(Stream::Signal, join);

    bool all_fine = true;
    std::int64_t together = 0;  // The last three steps run at the same time: the slowest counts.
    for (std::int32_t step = 1; step <= 5 && (all_fine || step > 3); ++step) {
      const std::int64_t cost = between(100, 1'200) * slowness;
      Report done = user;
      done.first = attempt;
      done.second = step;
      done.third = static_cast<std::int32_t>(cost);
      done.ok = !happens(kStepFails[static_cast<std::size_t>(step - 1)] * (attempt > 1 ? 3 : 1));
      done.tm = tm + cost;
      report(Stream::Enter, done);
      all_fine = all_fine && done.ok;
      if (step <= 2) {
        tm += cost;
      } else {
        together = std::max(together, cost);
      }
    }
    tm += together;
    if (all_fine) return tm;
    if (attempt == 4 || happens(0.25)) {
      Report leave = user;
      leave.tm = tm + 500;
      leave.first = 1;
      report(Stream::Signal, leave);
      return -1;
    }
    tm += between(1'000, 4'000);
  }
}

void Story::tell_courseware(std::uint32_t lesson, std::int64_t begin, std::int64_t end) {
  const bool out_of_sync = happens(0.08);
  const bool cannot_draw = happens(0.04);
  const bool cannot_load = happens(0.03);
  const auto client = static_cast<std::uint8_t>(between(0, 2));
  std::int64_t id = static_cast<std::int64_t>(lesson) * 100'000;
  for (std::int64_t tm = begin; tm < end; tm += between(1'000, 3'000)) {
    Report action;
    action.lesson = lesson;
    action.client = client;
    action.is_teacher = true;
    action.tm = tm;
    action.action_id = ++id;
    action.first = tm == begin ? 0 : static_cast<std::int32_t>(between(1, 3));
    report(Stream::Teacher, action);
    report(Stream::Courseware, action);

    if (out_of_sync && happens(0.1)) continue;
    Report shown = action;
    shown.is_teacher = false;
    shown.tm = tm + (out_of_sync && happens(0.3) ? between(3'000, 8'000) : between(30, 400));
    shown.ok =
        !((cannot_load && action.first == 0) || (cannot_draw && action.first >= 2 && happens(0.5)));
    report(Stream::Student, shown);
    report(Stream::Courseware, shown);
  }
}

// The way of a report through the world. Chances are drawn for every stream, so that all tell the
// same story.
void Story::report(Stream stream, Report report) {
  report.arrives = report.tm + between(20, 300);
  if (happens(0.02)) report.arrives += between(1'000, 5'000);
  if (happens(0.003)) report.arrives += between(40'000, 120'000);
  if (happens(0.001)) report.tm += 3'600'000;
  report.f = !happens(0.01);
  report.damage = happens(0.002) ? static_cast<std::uint8_t>(between(1, 5)) : 0;
  const bool twice = happens(0.002);
  const std::int64_t again = between(100, 2'000);
  if (stream != stream_) return;

  report.number = ++reports_;
  queue_.push(report);
  if (!twice) return;
  report.arrives += again;
  report.number = ++reports_;
  queue_.push(report);
}

}  // namespace classroom_sim
