#include "host/http_server.h"

#include <charconv>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

std::optional<tcp::endpoint> parse_endpoint(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(address.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  if (host == "[::1]") host = "::1";
  const std::string_view digits = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  boost::system::error_code bad_host;
  const auto ip = boost::asio::ip::make_address(host, bad_host);
  if (bad_host || !ip.is_loopback()) return std::nullopt;
  return tcp::endpoint(ip, port);
}

unsigned status_of(const boost::system::error_code& problem) {
  if (problem == http::error::header_limit) return 431;
  if (problem == http::error::body_limit) return 413;
  return 400;
}

// Some failures of reading are answered; the others mean that nobody listens any more.
bool is_answered(const boost::system::error_code& problem) {
  return problem.category() == make_error_code(http::error::bad_target).category() &&
         problem != http::error::end_of_stream && problem != http::error::partial_message;
}

}  // namespace

// Accepts connections as long as there are not too many.
class HttpServer::Listener final {
 public:
  Listener(const HttpLimits& limits, Handler handler, Log log)
      : limits_(limits), handler_(std::move(handler)), log_(std::move(log)), acceptor_(context_) {}

  Status open(std::string_view address);
  std::uint16_t port() const { return port_; }
  void stop();

 private:
  class Connection;
  using Held = std::shared_ptr<Connection>;
  void accept();
  void connection_closed();
  void answer_later(Held connection, std::function<HttpResponse()> later);

  // Set at construction.
  const HttpLimits limits_;
  const Handler handler_;
  const Log log_;
  std::uint16_t port_ = 0;

  // Touched only on the thread.
  std::size_t connection_count_ = 0;
  bool is_accepting_ = false;

  boost::asio::io_context context_{1};
  tcp::acceptor acceptor_;
  boost::asio::thread_pool later_{1};
  std::thread thread_;
};

// Serves one client until it leaves, breaks a limit or has asked often enough. Held (shared) by
// whichever operation is pending: its callbacks are the only ones who know when it is over.
class HttpServer::Listener::Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Listener& listener, tcp::socket socket)
      : listener_(listener), stream_(std::move(socket)) {
    ++listener_.connection_count_;
  }
  ~Connection() { listener_.connection_closed(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(listener_.limits_.header_bytes_max);
    parser_->body_limit(listener_.limits_.body_bytes_max);
    stream_.expires_after(listener_.limits_.time_max);
    http::async_read(stream_,
                     buffer_,
                     *parser_,
                     [self = shared_from_this()](boost::system::error_code problem, std::size_t) {
                       self->respond(problem);
                     });
  }

  // Answers the request that was read.
  void finish(HttpResponse answer) {
    const auto& request = parser_->get();
    const bool may_stay = request_count_ < listener_.limits_.requests_max;
    write(
        std::move(answer), may_stay && request.keep_alive(), request.method() == http::verb::head);
  }

 private:
  void respond(const boost::system::error_code& problem) {
    if (!problem) {
      ++request_count_;
      const auto& request = parser_->get();
      const auto host = request[http::field::host];
      const auto control = request["Weir-Control"];
      HttpResponse answer =
          listener_.handler_({{request.method_string().data(), request.method_string().size()},
                              {request.target().data(), request.target().size()},
                              {host.data(), host.size()},
                              {control.data(), control.size()},
                              request.body()});
      if (answer.later) return listener_.answer_later(shared_from_this(), std::move(answer.later));
      return finish(std::move(answer));
    }
    if (!is_answered(problem)) return;
    write({status_of(problem), "application/json", "{\"error\":\"" + problem.message() + "\"}\n"},
          false,
          false);
  }

  void write(HttpResponse answer, bool stays, bool is_head) {
    response_ = {};
    response_.result(answer.status);
    response_.version(11);
    response_.keep_alive(stays);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    if (answer.status == 405) response_.set(http::field::allow, "GET, HEAD, POST");
    response_.content_length(answer.body.size());
    if (!is_head) response_.body() = std::move(answer.body);
    serializer_.emplace(response_);
    stream_.expires_after(listener_.limits_.time_max);
    const auto done = [self = shared_from_this(), stays](boost::system::error_code problem,
                                                         std::size_t) {
      if (!problem && stays) return self->read();
      self->close();
    };
    if (is_head) {
      http::async_write_header(stream_, *serializer_, done);
    } else {
      http::async_write(stream_, *serializer_, done);
    }
  }

  void close() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  Listener& listener_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::size_t request_count_ = 0;
};

Status HttpServer::Listener::open(std::string_view address) {
  const auto endpoint = parse_endpoint(address);
  if (!endpoint) {
    return Error(ErrorKind::Invalid, format("not an address of this machine: {}", address));
  }
  boost::system::error_code problem;
  const auto failed = [&](std::string_view what) {
    return Error(ErrorKind::Unavailable, format("{} {}: {}", what, address, problem.message()));
  };
  acceptor_.open(endpoint->protocol(), problem);
  if (problem) return failed("open");
  acceptor_.set_option(boost::asio::socket_base::reuse_address(true), problem);
  if (problem) return failed("open");
  acceptor_.bind(*endpoint, problem);
  if (problem) return failed("bind to");
  acceptor_.listen(static_cast<int>(limits_.connections_max), problem);
  if (problem) return failed("listen on");
  port_ = acceptor_.local_endpoint(problem).port();
  if (problem) return failed("listen on");
  accept();
  thread_ = std::thread([this] { context_.run(); });
  return Done{};
}

void HttpServer::Listener::accept() {
  if (is_accepting_ || connection_count_ >= limits_.connections_max) return;
  is_accepting_ = true;
  acceptor_.async_accept([this](boost::system::error_code problem, tcp::socket socket) {
    is_accepting_ = false;
    if (problem == boost::asio::error::operation_aborted) return;
    if (problem) {
      log_.warning("a connection was not accepted: {}", problem.message());
    } else {
      std::make_shared<Connection>(*this, std::move(socket))->read();
    }
    accept();
  });
}

void HttpServer::Listener::connection_closed() {
  --connection_count_;
  if (!context_.stopped()) accept();
}

// Connections are touched, and let go of, on the one thread only.
void HttpServer::Listener::answer_later(Held connection, std::function<HttpResponse()> later) {
  boost::asio::post(
      later_, [this, held = std::move(connection), work = std::move(later)]() mutable {
        HttpResponse answer = work();
        boost::asio::post(context_, [held = std::move(held), answer = std::move(answer)]() mutable {
          held->finish(std::move(answer));
        });
      });
}

void HttpServer::Listener::stop() {
  later_.stop();
  later_.join();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

HttpServer::~HttpServer() {
  listener_->stop();
}

std::uint16_t HttpServer::port() const {
  return listener_->port();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::string_view address,
                                                      const HttpLimits& limits,
                                                      Handler handler,
                                                      Log log) {
  auto listener = std::make_unique<Listener>(limits, std::move(handler), std::move(log));
  TRY_DO(listener->open(address));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

}  // namespace weir
