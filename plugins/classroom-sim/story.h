// What happens in an online school: lessons that overlap, each with a teacher and a student whose
// clients enter the room, fail, retry, talk, draw, lose their network, and report all of it, partly
// late, twice, from the future or broken. The same seed tells the same story.
#pragma once

#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace classroom_sim {

// The topics of the real system.
enum class Stream : std::uint8_t { Enter, Signal, Av, Courseware, Teacher, Student };

// "enter", "signal", "av", "courseware", "teacher", "student"; false when there is no such stream.
bool parse_stream(std::string_view name, Stream& stream);

struct StoryOptions {
  std::uint64_t seed = 1;
  std::int64_t start = 0;      // ms UTC: when the first lesson begins
  std::uint32_t lessons = 50;  // at the same time
  std::uint32_t part = 0;      // tells only the lessons whose number modulo `parts` is this
  std::uint32_t parts = 1;
};

// A report of a client: where it goes and when it gets there.
struct Report {
  std::int64_t arrives = 0;  // ms UTC
  std::uint64_t number = 0;  // breaks ties
  std::int64_t tm = 0;       // event time as the client writes it, ms UTC
  std::uint32_t lesson = 0;
  std::int32_t first = 0;  // meaning depends on the stream: attempt, kind, kbit, action …
  std::int32_t second = 0;
  std::int32_t third = 0;
  std::int64_t action_id = 0;
  bool is_teacher = false;
  bool ok = true;
  bool f = true;
  std::uint8_t client = 0;  // index of the client version
  std::uint8_t damage = 0;  // 0: none, else how the message is broken
};

// Tells the reports of one stream in order of arrival, without end.
class Story {
 public:
  Story(Stream stream, StoryOptions options);

  // When the next report arrives, ms UTC.
  std::int64_t next_arrival();
  // Writes the next report as JSON (or what is left of it) into `message`.
  void next(std::string& message);

 private:
  struct Later {
    bool operator()(const Report& a, const Report& b) const {
      return a.arrives != b.arrives ? a.arrives > b.arrives : a.number > b.number;
    }
  };

  std::int64_t lesson_start(std::uint32_t lesson) const;
  void tell_lessons();
  void tell_lesson(std::uint32_t lesson);
  void tell_user(std::uint32_t lesson, bool is_teacher, std::int64_t begin, std::int64_t end);
  // Returns when the user is in the room, or -1 for giving up.
  std::int64_t tell_entering(Report report, std::int64_t begin);
  void tell_courseware(std::uint32_t lesson, std::int64_t begin, std::int64_t end);
  void report(Stream stream, Report report);
  std::int64_t between(std::int64_t low, std::int64_t high);
  bool happens(double probability);

  Stream stream_;
  StoryOptions options_;
  std::mt19937_64 random_;
  std::uint32_t next_lesson_ = 0;
  std::uint64_t reports_ = 0;
  std::priority_queue<Report, std::vector<Report>, Later> queue_;
};

}  // namespace classroom_sim
