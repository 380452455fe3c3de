#include "viewer_sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace video {
namespace {

constexpr int kIndexBits = 8;
static_assert(kRegisters == 1U << kIndexBits);

// FNV-1a (Fowler, Noll, Vo), then the finalizer of SplitMix64 (Steele, Lea, Flood 2014), since the
// first bits of FNV are weak.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char letter : text)
    value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

ViewerSketch empty_sketch() {
  static constexpr std::array<char, kRegisters> kZeros{};
  return ViewerSketch(std::string_view(kZeros.data(), kZeros.size()));
}

void add_viewer(ViewerSketch& sketch, std::string_view user_id) {
  const std::uint64_t bits = hash(user_id);
  const std::size_t index = bits >> (64 - kIndexBits);
  // The guard bit bounds the rank where all other bits are zero.
  const int rank = std::countl_zero((bits << kIndexBits) | (1ULL << (kIndexBits - 1))) + 1;
  char& reg = sketch[index];
  reg = std::max(reg, static_cast<char>(rank));
}

void merge_viewers(ViewerSketch& into, const ViewerSketch& from) {
  for (std::size_t i = 0; i < kRegisters; ++i)
    into[i] = std::max(into[i], from[i]);
}

std::int64_t count_viewers(const ViewerSketch& sketch) {
  double sum = 0;
  int zeros = 0;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const int rank = sketch[i];
    sum += std::ldexp(1.0, -rank);
    zeros += rank == 0 ? 1 : 0;
  }
  constexpr double kCount = kRegisters;
  constexpr double kAlpha = 0.7213 / (1.0 + 1.079 / kCount);
  const double estimate = kAlpha * kCount * kCount / sum;
  if (estimate <= 2.5 * kCount && zeros > 0) return std::llround(kCount * std::log(kCount / zeros));
  return std::llround(estimate);
}

}  // namespace video
