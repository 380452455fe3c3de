// What the control API answers. No network here: a request in, a response out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checkpoint/savepoint.h"
#include "job/job_status.h"

namespace weir {

class JobChanges;

struct HttpRequest {
  std::string_view method;  // "GET"
  std::string_view target;  // "/v1/jobs/enter-cn?x=1"
  std::string_view host;    // The Host header; empty when there is none.
  // The header Weir-Control, without which nothing is changed: a page in a browser cannot send it.
  std::string_view control = {};
  std::string_view body = {};
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  // When there is one: it gives the answer instead, and may take its time. Called once, on a thread
  // other than that of the requests.
  std::function<HttpResponse()> later = {};
};

// How far the host has come with starting what the jobs file asks for.
struct Startup {
  bool is_complete = false;
  std::vector<std::string> failures;  // Jobs that did not start, each with its cause.
};

// Where answers come from; made on request, on the thread that answers.
struct StatusSource {
  std::function<HostStatus()> status;
  std::function<Startup()> startup;
  // Of the state of a running job; wait for it. NotFound: there is no such job; Invalid: it has no
  // state, or the name will not do; Unavailable: not now.
  std::function<Result<Savepoint>(const std::string& job, const std::string& savepoint)> save = {};
  std::function<Result<std::filesystem::path>(const std::string& job)> copy = {};
  JobChanges* changes = nullptr;  // Null: nothing can be changed.
  // What a running job is asked to become: see swap_request.h. May take its time.
  std::function<Result<SwapDecision>(const std::string& job, const std::string& body)> swap = {};
};

// GET or HEAD of
//   /v1/jobs        the host and its jobs in short
//   /v1/jobs/NAME   one job with operators, splits, side streams, counters
//   /metrics        the same for Prometheus
//   /healthz        200 as long as the control thread takes its turns
//   /readyz         200 once all jobs have started, as long as none has failed; else 503
//   /v1/changes/N   how far a change is that was asked for
// POST, with a header Weir-Control and without a body, of
//   /v1/jobs/NAME/start?generation=N   the job is to run as generation N says (0: as at the start)
//   /v1/jobs/NAME/stop                 the job is to be drained
//                                      Both are answered with 202 and the number of the change.
//   /v1/jobs/NAME/savepoints/SAVEPOINT   keeps the state of a running job; answers its manifest
//   /v1/jobs/NAME/copies                 copies it for one reader, who removes it; answers
//                                        {"folder": "…"}
// POST with that header and a JSON object, of
//   /v1/jobs/NAME/swap                   moves it to other code or parameters: see swap_request.h
// Anything else is refused with {"error": "…"}. A Host header that names another machine is refused
// too: a page in a browser could otherwise have its own name point here and read the answers.
HttpResponse answer(const HttpRequest& request, const StatusSource& source);

// "localhost", "127.0.0.1" and "[::1]", with or without a port.
bool is_loopback_host(std::string_view host);

}  // namespace weir
