#include "generator.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace weir::datagen {
namespace {

constexpr std::int64_t kWindow = 30'000;
constexpr std::uint64_t kLatenessMax = 4'900;
constexpr std::int64_t kEndAfter = 60'000;
constexpr std::uint64_t kUsersPerLesson = 4;

constexpr std::array<std::string_view, 4> kOtherTypes = {"enter", "signal", "courseware", "help"};
constexpr std::array<std::string_view, 4> kSystems = {"android", "ios", "windows", "macos"};
constexpr std::array<std::string_view, 4> kDevices = {"Samsung Galaxy Tab S9 FE (SM-X510)",
                                                      "iPad Pro 11-inch, 4th generation",
                                                      "Lenovo ThinkPad X1 Carbon Gen 11",
                                                      "MacBook Air 13-inch M2 (2022), 8 GB"};
constexpr std::array<std::string_view, 4> kNetworks = {"wifi", "4g", "5g", "ethernet"};
constexpr std::array<std::string_view, 8> kCountries = {
    "BR", "CN", "DE", "EG", "IN", "JP", "MX", "US"};
constexpr std::array<std::string_view, 4> kLabels = {
    "normal", "audio_stutter", "video_stutter", "normal"};

// A well mixed 64-bit number for each input: used as generator and as hash of the key.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

template <class Number>
void append_number(std::string& to, Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end);
}

void append_padded(std::string& to, std::uint64_t number, std::size_t width) {
  const auto start = to.size();
  to.append(width, '0');
  for (auto at = start + width; at-- > start; number /= 10) {
    to[at] = static_cast<char>('0' + number % 10);
  }
}

void append_hex(std::string& to, std::uint64_t bits) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) {
    to += kHex[(bits >> shift) & 15];
  }
}

// A quarter-precise number below 100.
void append_quarters(std::string& to, std::uint64_t bits) {
  constexpr std::array<std::string_view, 4> kQuarters = {".0", ".25", ".5", ".75"};
  const auto quarters = bits % 400;
  append_number(to, quarters / 4);
  to += kQuarters[quarters % 4];
}

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& from, std::uint64_t bits) {
  return from[bits % N];
}

}  // namespace

Generator::Generator(Shape shape, std::uint64_t seed, std::uint32_t partitions)
    : shape_(std::move(shape)), partitions_(partitions), random_state_(mix(seed + 1)) {}

std::uint64_t Generator::random() {
  random_state_ += 0x9e3779b97f4a7c15U;
  return mix(random_state_);
}

Line Generator::next() {
  const auto number = made_++;
  const auto window = number / shape_.window_records;
  const auto within = number % shape_.window_records;
  auto time = shape_.start + static_cast<std::int64_t>(window) * kWindow +
              static_cast<std::int64_t>(within * kWindow / shape_.window_records);
  const auto disorder = random();
  if (disorder % 100 == 0) {
    time -= static_cast<std::int64_t>(1 + (disorder >> 32) % kLatenessMax);
  }
  const auto user = random() % shape_.keys;
  const auto stream = number % shape_.streams.size();
  if (shape_.is_call) {
    call(time, user, stream);
  } else {
    telemetry(time, user);
  }
  const auto partition = static_cast<std::uint32_t>(mix(user) % partitions_);
  return {.stream = stream, .partition = partition, .key = key_, .json = json_};
}

Line Generator::end_marker(std::size_t stream, std::uint32_t partition) {
  const auto windows = made_ / shape_.window_records + 1;
  const auto time = shape_.start + static_cast<std::int64_t>(windows) * kWindow + kEndAfter;
  key_ = "~end-";
  append_number(key_, partition);
  if (shape_.is_call) {
    lesson_ = "~end";
    user_ = key_.substr(lesson_.size());
    finish_call(time, stream, 0);
  } else {
    finish_telemetry(time, "av", 0);
  }
  return {.stream = stream, .partition = partition, .key = key_, .json = json_};
}

void Generator::telemetry(std::int64_t time, std::uint64_t user) {
  const auto bits = random();
  const bool is_kept = bits % 4 != 0;
  key_ = "u";
  append_padded(key_, user, 9);
  finish_telemetry(time, is_kept ? "av" : pick(kOtherTypes, bits >> 4), bits);
}

void Generator::finish_telemetry(std::int64_t time, std::string_view type, std::uint64_t bits) {
  json_ = R"({"app":"classroom","ver":"5.14.)";
  append_number(json_, (bits >> 6) % 40);
  json_ += R"(","ts":)";
  append_number(json_, time);
  json_ += R"(,"seq":)";
  append_number(json_, made_);
  json_.append(R"(,"type":")").append(type);
  json_.append(R"(","os":")").append(pick(kSystems, bits >> 8));
  json_.append(R"(","device":")").append(pick(kDevices, bits >> 10));
  json_.append(R"(","uid":")").append(key_);
  json_.append(R"(","net":")").append(pick(kNetworks, bits >> 12));
  json_.append(R"(","country":")").append(pick(kCountries, bits >> 14));
  json_ += R"(","lesson":"l-)";
  append_hex(json_, mix(bits));
  json_ += R"(","rtt":)";
  append_number(json_, (bits >> 20) % 900);
  json_ += R"(,"jitter":)";
  append_number(json_, (bits >> 30) % 60);
  json_.append(R"(,"label":")").append(pick(kLabels, bits >> 36));
  json_ += R"(","fps":)";
  append_number(json_, (bits >> 38) % 31);
  json_ += R"(,"loss":)";
  append_quarters(json_, bits >> 44);
  json_ += R"(,"bitrate":)";
  append_number(json_, 200'000 + (bits >> 40) % 3'000'000);
  json_ += '}';
}

void Generator::call(std::int64_t time, std::uint64_t user, std::size_t stream) {
  lesson_ = "c";
  append_padded(lesson_, user / kUsersPerLesson, 8);
  user_ = "u";
  append_number(user_, user % kUsersPerLesson);
  key_.assign(lesson_).append(user_);
  finish_call(time, stream, random());
}

void Generator::finish_call(std::int64_t time, std::size_t stream, std::uint64_t bits) {
  json_ = R"({"app":"classroom","ver":"5.14.)";
  append_number(json_, (bits >> 6) % 40);
  json_ += R"(","ts":)";
  append_number(json_, time);
  json_ += R"(,"seq":)";
  append_number(json_, made_);
  json_.append(R"(,"stream":")").append(shape_.streams[stream]);
  json_.append(R"(","lesson":")").append(lesson_);
  json_.append(R"(","device":")").append(pick(kDevices, bits >> 10));
  json_.append(R"(","user":")").append(user_);
  json_.append(R"(","net":")").append(pick(kNetworks, bits >> 12));
  json_.append(R"(","country":")").append(pick(kCountries, bits >> 14));
  json_ += R"(","session":"s-)";
  append_hex(json_, mix(bits));
  json_ += R"(","rtt":)";
  append_number(json_, (bits >> 20) % 900);
  json_ += R"(,"jitter":)";
  append_number(json_, (bits >> 30) % 60);
  json_ += R"(,"loss":)";
  append_quarters(json_, bits >> 44);
  json_.append(R"(,"frozen":)").append(bits % 8 == 1 ? "true" : "false");
  json_ += R"(,"stalled_ms":)";
  append_number(json_, (bits >> 38) % 2000);
  json_ += R"(,"bitrate":)";
  append_number(json_, 200'000 + (bits >> 40) % 3'000'000);
  json_ += '}';
}

}  // namespace weir::datagen
