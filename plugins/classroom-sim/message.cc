#include "message.h"

#include <array>
#include <charconv>
#include <ctime>

namespace classroom_sim {
namespace {

constexpr std::array<std::string_view, 3> kClients = {"5.1.4", "5.2.0", "6.0.0-beta"};
constexpr std::array<std::string_view, 6> kSteps = {
    "None", "Sdk", "Gateway", "Media", "Channel", "Courseware"};
constexpr std::array<std::string_view, 4> kSignals = {"Join", "Leave", "Reconnect", "Heartbeat"};
constexpr std::array<std::string_view, 4> kActions = {"Load", "Turn", "Draw", "Drag"};

void put(std::string& message, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  message.append(digits.data(), end);
}

void field(std::string& message, std::string_view name, std::int64_t value) {
  message.append(",\"").append(name).append("\":");
  put(message, value);
}

void field(std::string& message, std::string_view name, std::string_view value) {
  message.append(",\"").append(name).append("\":\"").append(value).append("\"");
}

void flag(std::string& message, std::string_view name, bool value) {
  message.append(",\"").append(name).append(value ? "\":true" : "\":false");
}

// The oldest client writes RFC 3339, the others epoch milliseconds.
void put_time(std::string& message, const Report& report) {
  if (report.client != 0) {
    put(message, report.tm);
    return;
  }
  const std::time_t seconds = report.tm / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text;
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  const auto milliseconds = static_cast<int>(report.tm % 1000);
  message.append("\"").append(text.data(), size);
  message.push_back(static_cast<char>('0' + milliseconds / 100));
  message.push_back(static_cast<char>('0' + milliseconds / 10 % 10));
  message.push_back(static_cast<char>('0' + milliseconds % 10));
  message.append("Z\"");
}

void put_body(Stream stream, const Report& report, std::string& message) {
  switch (stream) {
    case Stream::Enter:
      field(message, "attempt", report.damage == 2 ? INT64_C(1) << 40 : report.first);
      field(message,
            "step",
            report.damage == 3 ? "Kernel" : kSteps[static_cast<std::size_t>(report.second)]);
      flag(message, "ok", report.ok);
      field(message, "cost_ms", report.third);
      return;
    case Stream::Signal:
      field(message,
            "kind",
            report.damage == 3 ? "Wave" : kSignals[static_cast<std::size_t>(report.first)]);
      return;
    case Stream::Av:
      field(message, "sent_kbit", report.first);
      field(message, "received_kbit", report.second);
      if (report.damage == 2) {
        field(message, "stalled_ms", "none");
      } else {
        field(message, "stalled_ms", report.third);
      }
      return;
    case Stream::Courseware:
    case Stream::Teacher:
    case Stream::Student:
      field(message, "action_id", report.action_id);
      field(message,
            "action",
            report.damage == 3 ? "Sing" : kActions[static_cast<std::size_t>(report.first)]);
      flag(message, "ok", report.ok);
      return;
  }
}

}  // namespace

void write_message(Stream stream, const Report& report, std::string& message) {
  message.assign("{\"tm\":");
  put_time(message, report);
  if (report.damage != 4) {
    message.append(report.is_teacher ? ",\"user_id\":\"t" : ",\"user_id\":\"s");
    put(message, report.lesson);
    message.append("\"");
  }
  message.append(",\"lesson_id\":\"L");
  put(message, report.lesson);
  message.append("\"");
  field(message, "client_version", kClients[report.client]);
  flag(message, "f", report.f);
  if (report.client == 2)
    message.append(",\"trace\":{\"span\":[1,2,{\"deep\":null}],\"note\":\"\\u00e9\\n\"}");
  put_body(stream, report, message);
  message.push_back('}');
  if (report.damage == 1) message.resize(message.size() / 2);
  if (report.damage == 5) message.assign("\xff\xfe not json");
}

}  // namespace classroom_sim
