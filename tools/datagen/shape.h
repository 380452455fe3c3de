#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::datagen {

// What a run produces. A value; made from the command line once.
struct Shape {
  std::vector<std::string> streams;  // a record goes to each of them in turn
  std::uint64_t keys = 0;
  std::uint64_t window_records = 0;  // all streams together, in 30 s of event time
  bool is_call = false;              // audio and video of a call instead of telemetry of a user
  std::int64_t start = 1'700'000'000'000;  // event time of the first one, ms UTC
};

// "telemetry": 10,000 keys, about 50 kept records of a key in a window.
// "sparse": 100,000 keys, about 2 kept records in a window that has any.
// "cogroup": streams audio and video, 20,000 users, 15 records per user, stream and window.
// No streams for any other name.
Shape shape_named(std::string_view name);

}  // namespace weir::datagen
