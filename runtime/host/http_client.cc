#include "host/http_client.h"

#include <cstdint>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include "base/format.h"

namespace weir {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using Problem = boost::system::error_code;

constexpr std::uint64_t kReplyBytesMax = std::uint64_t{64} << 20;

// One request; run by the io_context of exchange(), which outlives it.
class Exchange final {
 public:
  Exchange(boost::asio::io_context& context,
           http::verb verb,
           std::string_view address,
           std::string_view target)
      : resolver_(context), stream_(context) {
    request_.method(verb);
    if (verb == http::verb::post) {
      request_.set("Weir-Control", "1");
      request_.content_length(0);
    }
    request_.target({target.data(), target.size()});
    request_.version(11);
    request_.set(http::field::host, {address.data(), address.size()});
    request_.keep_alive(false);
    request_.prepare_payload();
    parser_.body_limit(kReplyBytesMax);
  }

  void start(const std::string& name, const std::string& port, std::chrono::milliseconds time_max) {
    time_max_ = time_max;
    resolver_.async_resolve(name, port, [this](Problem problem, const auto& endpoints) {
      if (failed(problem)) return;
      stream_.expires_after(time_max_);
      stream_.async_connect(endpoints, [this](Problem connecting, const tcp::endpoint&) {
        if (!failed(connecting)) write();
      });
    });
  }

  const Problem& problem() const { return problem_; }
  HttpReply reply() { return {parser_.get().result_int(), std::move(parser_.get().body())}; }

 private:
  bool failed(const Problem& problem) {
    problem_ = problem;
    return static_cast<bool>(problem);
  }

  void write() {
    stream_.expires_after(time_max_);
    http::async_write(stream_, request_, [this](Problem writing, std::size_t) {
      if (failed(writing)) return;
      stream_.expires_after(time_max_);
      http::async_read(
          stream_, buffer_, parser_, [this](Problem reading, std::size_t) { failed(reading); });
    });
  }

  tcp::resolver resolver_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  std::chrono::milliseconds time_max_{0};
  Problem problem_;
};

Result<HttpReply> exchange(http::verb verb,
                           std::string_view address,
                           std::string_view target,
                           std::chrono::milliseconds time_max) {
  const std::size_t colon = address.rfind(':');
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view() : address.substr(colon + 1);
  if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) {
    return Error(ErrorKind::Invalid,
                 format("an address is HOST:PORT, like 127.0.0.1:8088, not {}", address));
  }
  std::string name(address.substr(0, colon));
  if (name == "[::1]") name = "::1";
  boost::asio::io_context context(1);
  Exchange asked(context, verb, address, target);
  asked.start(name, std::string(port), time_max);
  context.run();
  if (asked.problem()) {
    return Error(ErrorKind::Unavailable, format("{}: {}", address, asked.problem().message()));
  }
  return asked.reply();
}

}  // namespace

Result<HttpReply> http_get(std::string_view address,
                           std::string_view target,
                           std::chrono::milliseconds time_max) {
  return exchange(http::verb::get, address, target, time_max);
}

Result<HttpReply> http_post(std::string_view address,
                            std::string_view target,
                            std::chrono::milliseconds time_max) {
  return exchange(http::verb::post, address, target, time_max);
}

}  // namespace weir
