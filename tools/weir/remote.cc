#include "remote.h"

#include <chrono>
#include <filesystem>
#include <ostream>
#include <system_error>

#include <boost/json.hpp>

#include "base/format.h"
#include "host/http_client.h"
#include "jobs_files.h"
#include "subcommand.h"

namespace weir {
namespace {

constexpr const char* kAddressDefault = "127.0.0.1:8088";
constexpr std::chrono::seconds kTimeMax(5);
// A transaction that is being committed, and a large state.
constexpr std::chrono::minutes kWorkTimeMax(10);

std::string address(const Arguments& arguments) {
  if (const auto given = arguments.value("http")) return *given;
  const std::string found = host_section(arguments).http;
  return found.empty() ? kAddressDefault : found;
}

std::string reason(const HttpReply& reply) {
  boost::json::error_code problem;
  const boost::json::value document = boost::json::parse(reply.body, problem);
  const auto* object = problem ? nullptr : document.if_object();
  const auto* text = object ? object->if_contains("error") : nullptr;
  if (!text || !text->is_string()) return format("answer {}", reply.status);
  return std::string(text->get_string());
}

}  // namespace

std::vector<OptionDeclaration> remote_options() {
  return {{"http", "ADDRESS", "where the host listens, like 127.0.0.1:8088"},
          {"from", "FILE", "the jobs file that says so (default jobs.toml)", Completion::File},
          json_option()};
}

HostSpec host_section(const Arguments& arguments) {
  const std::string file = arguments.value("from").value_or(kJobsFileDefault);
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return {};
  return read_host_section(file);
}

Result<std::string> tell_host(const Arguments& arguments, const std::string& target) {
  TRY(HttpReply reply, http_post(address(arguments), target, kWorkTimeMax));
  if (reply.status == 404) return Error(ErrorKind::NotFound, reason(reply));
  if (reply.status == 409) return Error(ErrorKind::Invalid, reason(reply));
  if (reply.status != 200) return Error(ErrorKind::Unavailable, reason(reply));
  return std::move(reply.body);
}

Result<std::string> ask_host(const Arguments& arguments, const std::string& target) {
  TRY(HttpReply reply, http_get(address(arguments), target, kTimeMax));
  if (reply.status == 404) return Error(ErrorKind::NotFound, reason(reply));
  if (reply.status != 200) return Error(ErrorKind::Unavailable, reason(reply));
  return std::move(reply.body);
}

ExitCode report(const std::string& subcommand, const Error& error, Console& console) {
  console.error << format("weir: {}: {}\n", subcommand, error.message());
  if (error.kind() == ErrorKind::NotFound) return ExitCode::Refused;
  if (error.kind() == ErrorKind::Invalid) return ExitCode::Usage;
  console.error << "is a host running there? --http names another address\n";
  return ExitCode::Unavailable;
}

}  // namespace weir
