#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "host/routes.h"

namespace weir {

struct HttpLimits {
  std::size_t connections_max = 64;  // More wait until one of these is closed.
  std::uint32_t header_bytes_max = 8 << 10;
  std::uint64_t body_bytes_max = 1 << 10;
  std::size_t requests_max = 1'000;            // On one connection.
  std::chrono::milliseconds time_max{10'000};  // To send a request; and to take the response.
};

// Answers HTTP/1.1 on the loopback device with one thread of its own, on which `handler` is called,
// and another one for answers that come later, one at a time.
class HttpServer final {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // `address`: "127.0.0.1:8088", "[::1]:8088" or "localhost:8088"; port 0 lets the system choose.
  static Result<std::unique_ptr<HttpServer>> start(std::string_view address,
                                                   const HttpLimits& limits,
                                                   Handler handler,
                                                   Log log);

  // Closes every connection; waits for the later answer that is being made.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace weir
