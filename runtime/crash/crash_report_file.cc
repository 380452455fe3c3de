// The format of a report, one JSON object:
//
//   format           1
//   time_ms, pid     when (ms since 1970 UTC) and which process
//   host_version, signal, signal_number, address
//   reason           why the host itself ended the process; "" when it did not
//   job, operator, plugin, plugin_version, plugin_build
//                    whose functions were being called; "" when none were
//   records          what the rows at hand were made of: [{source, split, topic, partition, first,
//                    last, timestamp}], offsets, both included, and the timestamp of the first; the
//                    guilty record is one of them
//   record           null, or the bytes of the only one: {timestamp, fingerprint, key, value,
//                    value_size}, key and value in base64, value cut after 64 KiB
//   stack            innermost first: [{address, module, offset}]
#include "crash/crash_report_file.h"

#include <algorithm>
#include <dlfcn.h>
#include <link.h>

#include "crash/signal_safe_text.h"

namespace weir {
namespace {

std::uint64_t number_of(const void* address) {
  return reinterpret_cast<std::uint64_t>(address);
}

void write_site(SignalSafeText& out, const CallSite* site) {
  const auto field = [&](std::string_view name, std::string CallSite::*text) {
    out.text(",\n\"").text(name).text("\":");
    out.quoted(site != nullptr ? std::string_view(site->*text) : std::string_view());
  };
  field("job", &CallSite::job);
  field("operator", &CallSite::operator_uid);
  field("plugin", &CallSite::plugin);
  field("plugin_version", &CallSite::plugin_version);
  field("plugin_build", &CallSite::plugin_build);
}

void write_spans(SignalSafeText& out, const BatchOrigin& origin) {
  bool is_first = true;
  for (const RecordSpan& span : origin.spans) {
    out.text(is_first ? "\n{" : ",\n{");
    is_first = false;
    out.text("\"source\":").quoted(span.place->source);
    out.text(",\"split\":").quoted(span.place->split);
    out.text(",\"topic\":").quoted(span.place->topic);
    out.text(",\"partition\":").number(span.place->partition);
    out.text(",\"first\":").number(span.first);
    out.text(",\"last\":").number(span.last);
    out.text(",\"timestamp\":").number(span.timestamp).text("}");
  }
}

void write_record(SignalSafeText& out, const BatchOrigin& origin) {
  const std::string_view value = origin.value;
  out.text("{\"timestamp\":").number(origin.timestamp);
  out.text(",\"fingerprint\":\"").hex(origin.fingerprint);
  out.text("\",\"key\":\"").base64(std::string_view(origin.key).substr(0, kReportedBytesMax));
  out.text("\",\"value\":\"").base64(value.substr(0, kReportedBytesMax));
  out.text("\",\"value_size\":").number(static_cast<std::int64_t>(origin.value_size)).text("}");
}

// Finds the library without a lock, which _dl_find_object promises and dladdr does not.
void write_frame(SignalSafeText& out, void* address, std::string_view program) {
  dl_find_object found{};
  out.text("{\"address\":\"").hex(number_of(address)).text("\",\"module\":");
  if (_dl_find_object(address, &found) != 0) {
    out.text("\"\",\"offset\":\"\"}");
    return;
  }
  const char* const name = found.dlfo_link_map->l_name;
  out.quoted(name != nullptr && *name != '\0' ? std::string_view(name) : program);
  out.text(",\"offset\":\"").hex(number_of(address) - found.dlfo_link_map->l_addr).text("\"}");
}

void write_span(SignalSafeText& out, const RecordSpan& span) {
  out.text(span.place->split).text(" at ").number(span.first);
  if (span.last != span.first) out.text(" to ").number(span.last);
}

}  // namespace

void write_crash_report(int descriptor, const CrashFacts& facts) {
  const CallSite* const site = facts.marker != nullptr ? facts.marker->site() : nullptr;
  const BatchOrigin* const origin = facts.marker != nullptr ? facts.marker->origin() : nullptr;
  SignalSafeText out(descriptor);
  out.text("{\"format\":1,\n\"time_ms\":").number(facts.time.time_since_epoch().count());
  out.text(",\n\"pid\":").number(facts.pid);
  out.text(",\n\"host_version\":").quoted(facts.host_version);
  out.text(",\n\"signal\":").quoted(facts.signal);
  out.text(",\n\"signal_number\":").number(facts.signal_number);
  out.text(",\n\"address\":\"").hex(number_of(facts.address)).text("\"");
  out.text(",\n\"reason\":").quoted(facts.reason);
  write_site(out, site);
  out.text(",\n\"records\":[");
  if (origin != nullptr) write_spans(out, *origin);
  out.text("],\n\"record\":");
  if (origin != nullptr && origin->has_bytes) {
    write_record(out, *origin);
  } else {
    out.text("null");
  }
  out.text(",\n\"stack\":[");
  for (std::size_t i = 0; i < facts.stack.size(); ++i) {
    out.text(i == 0 ? "\n" : ",\n");
    write_frame(out, facts.stack[i], facts.program);
  }
  out.text("]}\n");
  out.flush();
}

void write_crash_line(int descriptor, const CrashFacts& facts, std::string_view report_path) {
  SignalSafeText out(descriptor);
  out.text("weir: died of ").text(facts.signal);
  if (!facts.reason.empty()) out.text(": ").text(facts.reason);
  const CallSite* const site = facts.marker != nullptr ? facts.marker->site() : nullptr;
  if (site != nullptr) {
    out.text(" in job ").text(site->job).text(", operator ").text(site->operator_uid);
    out.text(" (plugin ").text(site->plugin).text(" ").text(site->plugin_version);
    if (!site->plugin_build.empty()) out.text(", build ").text(site->plugin_build);
    out.text(")");
  }
  const BatchOrigin* const origin = facts.marker != nullptr ? facts.marker->origin() : nullptr;
  if (origin != nullptr && !origin->spans.empty()) {
    out.text(", records ");
    const std::size_t shown = std::min<std::size_t>(origin->spans.size(), 3);
    for (std::size_t i = 0; i < shown; ++i) {
      if (i > 0) out.text(", ");
      write_span(out, origin->spans[i]);
    }
    if (shown < origin->spans.size()) out.text(", …");
  }
  out.text("; report: ").text(report_path).text("\n");
  out.flush();
}

}  // namespace weir
