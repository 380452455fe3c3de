#include "story.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace video_sim {
namespace {

constexpr double kZipfExponent = 1.0;
constexpr std::int64_t kLongestDelay = 90'000;
constexpr std::int64_t kHotFor = 60'000;
constexpr std::array<std::string_view, 8> kTopics = {
    "music", "food", "sports", "games", "travel", "pets", "news", "dance"};
constexpr std::array<std::string_view, 3> kActions = {"View", "Like", "Share"};

void put(std::string& message, std::int64_t number) {
  std::array<char, 24> digits;
  message.append(digits.data(),
                 std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

}  // namespace

Story::Story(StoryOptions options) : options_(options), random_(options.seed) {
  popularity_.reserve(options.videos);
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= options.videos; ++rank) {
    sum += 1.0 / std::pow(rank, kZipfExponent);
    popularity_.push_back(sum);
  }
  for (double& part : popularity_)
    part /= sum;
}

double Story::part() {
  return static_cast<double>(random_() >> 11) * 0x1p-53;
}

std::uint32_t Story::choose_video() {
  if (part() < 0.1) return hot_video_;
  const auto found = std::lower_bound(popularity_.begin(), popularity_.end() - 1, part());
  return static_cast<std::uint32_t>(found - popularity_.begin());
}

// Plays are told ahead until none that is untold can arrive before the first of the queue: the
// queue's first must not be later than the next play's time.
void Story::tell_ahead() {
  for (;;) {
    const std::int64_t tm =
        options_.start + static_cast<std::int64_t>(plays_ * 1000 / options_.per_second);
    if (!queue_.empty() && queue_.top().arrives <= tm) return;
    if (tm >= hot_until_) {
      hot_until_ = tm + kHotFor;
      hot_video_ = static_cast<std::uint32_t>(random_() % options_.videos);
    }
    Play play;
    play.number = ++plays_;
    play.tm = tm;
    play.video = choose_video();
    play.viewer = static_cast<std::uint32_t>(random_() % options_.viewers);
    const double what = part();
    play.action = what < 0.9 ? 0 : what < 0.98 ? 1 : 2;
    play.watched_ms = static_cast<std::int32_t>(part() * 60'000);
    play.arrives = tm + static_cast<std::int64_t>(part() * 400) + 1;
    if (part() < 0.002) play.arrives += static_cast<std::int64_t>(part() * kLongestDelay);
    play.broken = part() < 0.001;
    queue_.push(play);
  }
}

std::int64_t Story::next_arrival() {
  tell_ahead();
  return queue_.top().arrives;
}

void Story::next(std::string& message) {
  tell_ahead();
  const Play play = queue_.top();
  queue_.pop();
  message.assign("{\"tm\":");
  put(message, play.tm);
  message.append(",\"user_id\":\"u");
  put(message, play.viewer);
  message.append("\",\"video_id\":\"v");
  put(message, play.video);
  message.append("\",\"author_id\":\"a");
  put(message, play.video % 997);
  message.append("\",\"topic\":\"").append(kTopics[play.video % kTopics.size()]);
  message.append("\",\"action\":\"").append(play.broken ? "Stare" : kActions[play.action]);
  message.append("\",\"watched_ms\":");
  put(message, play.watched_ms);
  message.push_back('}');
}

}  // namespace video_sim
