#include "error_stream.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "connectors/options.h"
#include "crash/job_suspects.h"
#include "format/base64.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::size_t kPollMax = 1024;
constexpr std::chrono::milliseconds kTurn(10);
constexpr std::string_view kStream = "errors";

std::optional<std::string> text_of(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  const json::string* text = found != nullptr ? found->if_string() : nullptr;
  if (text == nullptr) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::int64_t> number_of(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  const std::int64_t* number = found != nullptr ? found->if_int64() : nullptr;
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::optional<std::string> bytes_of(const json::object& object, const char* name) {
  const auto text = text_of(object, name);
  if (!text) return std::nullopt;
  std::string bytes(base64_bytes_max(text->size()) + 3, '\0');
  const char* const end = read_base64(*text, bytes.data());
  if (end == nullptr) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(end - bytes.data()));
  return bytes;
}

std::optional<SetAside> parse(std::string_view document) {
  boost::system::error_code trouble;
  const json::value value = json::parse({document.data(), document.size()}, trouble);
  if (trouble || !value.is_object()) return std::nullopt;
  const json::object& object = value.as_object();
  const auto job = text_of(object, "job");
  const auto reason = text_of(object, "reason");
  if (!job || !reason) return std::nullopt;
  SetAside record;
  record.job = *job;
  record.reason = *reason;
  record.operator_uid = text_of(object, "operator").value_or("");
  record.source = text_of(object, "source").value_or(record.operator_uid);
  record.field = text_of(object, "field").value_or("");
  record.position = static_cast<std::uint64_t>(number_of(object, "position").value_or(0));
  record.topic = text_of(object, "topic");
  record.partition = number_of(object, "partition").value_or(0);
  record.offset = number_of(object, "offset").value_or(0);
  record.timestamp = number_of(object, "timestamp");
  record.key = bytes_of(object, "key").value_or("");
  record.value = bytes_of(object, "value");
  record.value_size = number_of(object, "value_size");
  record.document = document;
  return record;
}

std::string id_of(const SetAside& record) {
  if (!record.topic) {
    return format("{:016x}", fingerprint_of({.value = record.document}));
  }
  const std::string place = format("{}/{}@{}", *record.topic, record.partition, record.offset);
  const std::uint64_t bytes = fingerprint_of({.timestamp = record.timestamp.value_or(-1),
                                              .key = record.key,
                                              .value = record.value ? *record.value : ""});
  return format("{:016x}",
                fingerprint_of({.timestamp = static_cast<std::int64_t>(bytes), .key = place}));
}

class ErrorIntake final : public RecordIntake {
 public:
  ErrorIntake(const std::string& job, ErrorStream& stream) : job_(job), stream_(stream) {}
  void take(const RawRecord& record) override {
    auto parsed = parse(record.value);
    if (!parsed) {
      ++stream_.unreadable;
      return;
    }
    if (parsed->job != job_) return;  // Jobs may share a topic.
    parsed->id = id_of(*parsed);
    if (!known_.insert(parsed->id).second) {
      ++stream_.repeated;
      return;
    }
    stream_.records.push_back(*std::move(parsed));
  }

 private:
  const std::string& job_;
  ErrorStream& stream_;
  std::set<std::string> known_;
};

// The stream seen from its other end: a source that reads what the sink wrote.
Result<PortRequest> source_request(const SideSpec& side, const JobSpec& job) {
  PortRequest request;
  request.job = "weir-errors-" + job.name;
  request.port = "errors";
  request.clusters = side.request.clusters;
  const Options& options = side.request.options;
  if (side.connector == "kafka") {
    const auto topic = find_option<std::string>(options, "topic");
    request.options["topics"] = std::vector<std::string>{topic.value_or("")};
    request.options["stop_at_end"] = true;
    const auto cluster = options.find("cluster");
    if (cluster != options.end()) request.options.insert(*cluster);
    return request;
  }
  if (side.connector != "file") {
    return Error(ErrorKind::Invalid,
                 format("side stream errors goes to {}, which cannot be read", side.connector));
  }
  std::string path = find_option<std::string>(options, "path").value_or("");
  if (options.contains("rotate_size") || options.contains("rotate_after")) {
    const std::size_t dot = path.rfind('.');
    const std::size_t slash = path.rfind('/');
    const bool has_extension = dot != path.npos && (slash == path.npos || dot > slash);
    path.insert(has_extension ? dot : path.size(), ".*");
  }
  request.options["path"] = path;
  return request;
}

}  // namespace

Result<ErrorStream> read_error_stream(const JobSpec& job,
                                      HostConnectors& connectors,
                                      Interrupts& interrupts) {
  const auto side =
      std::ranges::find_if(job.sides, [](const SideSpec& each) { return each.stream == kStream; });
  if (side == job.sides.end()) {
    return Error(ErrorKind::Invalid, "side stream errors of job " + job.name + " leads nowhere");
  }
  TRY(const PortRequest request, source_request(*side, job));
  TRY(const Connector* connector, connectors.find(side->connector, side->connector_plugin));
  TRY(auto source, connector->open_source(request));
  ErrorStream stream;
  auto opened = source->open_readers(1, {});
  // Nothing has been set aside yet.
  if (!opened && opened.error().kind() == ErrorKind::NotFound) return stream;
  if (!opened) return std::move(opened).error();
  SourceReader& reader = *opened->front();
  ErrorIntake intake(job.name, stream);
  while (!reader.has_ended()) {
    TRY(const std::size_t count, reader.poll(kPollMax, intake));
    if (count == 0 && interrupts.wait_for(kTurn)) {
      return Error(ErrorKind::Unavailable, "interrupted");
    }
  }
  return stream;
}

}  // namespace weir
