// People watching short videos: few videos get most of the views (Zipf), and now and then one of
// the others becomes hot for a minute. The same seed tells the same story.
#pragma once

#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace video_sim {

struct StoryOptions {
  std::uint64_t seed = 1;
  std::int64_t start = 0;  // ms UTC of the first play
  std::uint32_t videos = 20'000;
  std::uint32_t viewers = 100'000;
  std::uint32_t per_second = 2'000;  // plays in a second of event time
};

struct Play {
  std::int64_t arrives = 0;  // ms UTC
  std::uint64_t number = 0;  // breaks ties
  std::int64_t tm = 0;       // ms UTC
  std::uint32_t video = 0;
  std::uint32_t viewer = 0;
  std::uint8_t action = 0;  // 0 view, 1 like, 2 share
  std::int32_t watched_ms = 0;
  bool broken = false;
};

// Tells plays in order of arrival, without end.
class Story {
 public:
  explicit Story(StoryOptions options);

  std::int64_t next_arrival();
  // Writes the next play as JSON into `message`.
  void next(std::string& message);

 private:
  struct Later {
    bool operator()(const Play& a, const Play& b) const {
      return a.arrives != b.arrives ? a.arrives > b.arrives : a.number > b.number;
    }
  };

  void tell_ahead();
  std::uint32_t choose_video();
  double part();  // 0 <= part < 1

  StoryOptions options_;
  std::mt19937_64 random_;
  std::vector<double> popularity_;  // popularity_[i]: the part of all plays that videos 0 … i get
  std::uint64_t plays_ = 0;
  std::uint32_t hot_video_ = 0;
  std::int64_t hot_until_ = 0;
  std::priority_queue<Play, std::vector<Play>, Later> queue_;
};

}  // namespace video_sim
