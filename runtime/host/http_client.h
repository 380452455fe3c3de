#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

struct HttpReply {
  unsigned status = 0;
  std::string body;
};

// GET from a host at "127.0.0.1:8088". Waits for the answer, at most `time_max` for each step.
// Unavailable: nobody answers there.
Result<HttpReply> http_get(std::string_view address,
                           std::string_view target,
                           std::chrono::milliseconds time_max);

// The same for POST without a body, with the header that lets the host change something.
Result<HttpReply> http_post(std::string_view address,
                            std::string_view target,
                            std::chrono::milliseconds time_max);

}  // namespace weir
