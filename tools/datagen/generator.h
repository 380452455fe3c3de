#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shape.h"

namespace weir::datagen {

// One line of input. Views stay valid until the generator's next call.
struct Line {
  std::size_t stream = 0;
  std::uint32_t partition = 0;
  std::string_view key;
  std::string_view json;
};

// Makes the same records from the same shape, seed and number of partitions on every machine.
//
// Event time starts at 2023-11-14T22:13:20Z, so that no record is ever ahead of the clock, if the
// shape does not say otherwise, and grows evenly with the number of the record; one record in a
// hundred is up to 4.9 s late, less than the out-of-orderness of 5 s all jobs allow. A key always
// goes to the same partition. Numbers with a fraction are multiples of 0.25: their sums are exact
// in any order.
class Generator final {
 public:
  Generator(Shape shape, std::uint64_t seed, std::uint32_t partitions);

  Line next();

  // A record that passes the filter, 60 s behind the last one of its stream: with it in every
  // partition the watermark passes all windows. Its key starts with '~', by which results of it are
  // left out.
  Line end_marker(std::size_t stream, std::uint32_t partition);

 private:
  std::uint64_t random();
  void telemetry(std::int64_t time, std::uint64_t user);
  void call(std::int64_t time, std::uint64_t user, std::size_t stream);
  void finish_telemetry(std::int64_t time, std::string_view type, std::uint64_t random_bits);
  void finish_call(std::int64_t time, std::size_t stream, std::uint64_t random_bits);

  // Set at construction.
  Shape shape_;
  std::uint32_t partitions_;

  std::uint64_t random_state_;
  std::uint64_t made_ = 0;
  std::string key_;     // as the producer's message key
  std::string lesson_;  // of a call only
  std::string user_;    // of a call only
  std::string json_;
};

}  // namespace weir::datagen
