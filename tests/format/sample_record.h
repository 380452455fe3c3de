#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <weir/abi.h>

#include "model/schema.h"

namespace weir::tests {

enum class Colour : std::int32_t { Red = 0, Green = 1, Violet = -7 };

struct Place {
  weir_text city;
  double height;
  std::uint8_t has_height;
};

struct ShortText {
  std::uint16_t size;
  char room[6];
  std::string_view view() const { return {room, size}; }
};

// A record with a field of each type; all but `name` may be missing.
struct Sample {
  weir_text name;
  std::uint8_t flag, has_flag;
  std::int8_t i8;
  std::uint8_t has_i8;
  std::int16_t i16;
  std::uint8_t has_i16;
  std::int32_t i32;
  std::uint8_t has_i32;
  std::int64_t i64;
  std::uint8_t has_i64;
  std::uint8_t u8, has_u8;
  std::uint16_t u16;
  std::uint8_t has_u16;
  std::uint32_t u32;
  std::uint8_t has_u32;
  std::uint64_t u64;
  std::uint8_t has_u64;
  float f32;
  std::uint8_t has_f32;
  double f64;
  std::uint8_t has_f64;
  std::int64_t time;
  std::uint8_t has_time;
  weir_bytes bytes;
  std::uint8_t has_bytes;
  std::int32_t colour;
  std::uint8_t has_colour;
  ShortText label;
  std::uint8_t has_label;
  Place place;
  std::uint8_t has_place;
};

const RecordSchema& sample_schema();

inline std::string_view view(weir_text text) {
  return {text.data, text.size};
}
inline std::string_view view(weir_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

}  // namespace weir::tests
