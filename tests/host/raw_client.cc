#include "host/raw_client.h"

#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/check.h"

namespace weir {

RawClient::RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  CHECK(socket_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

RawClient::~RawClient() {
  close(socket_);
}

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::finish_sending() const {
  shutdown(socket_, SHUT_WR);
}

std::string RawClient::receive(std::string_view enough) const {
  std::string received;
  pollfd waiting{socket_, POLLIN, 0};
  while (poll(&waiting, 1, 10'000) > 0) {
    char bytes[4096];
    const ssize_t count = recv(socket_, bytes, sizeof(bytes), 0);
    if (count <= 0) break;
    received.append(bytes, static_cast<std::size_t>(count));
    if (!enough.empty() && received.find(enough) != std::string::npos) break;
  }
  return received;
}

bool RawClient::is_closed_within_seconds(int seconds) const {
  pollfd waiting{socket_, POLLIN, 0};
  if (poll(&waiting, 1, seconds * 1'000) <= 0) return false;
  char byte = 0;
  return recv(socket_, &byte, 1, 0) <= 0;
}

}  // namespace weir
