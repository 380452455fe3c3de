#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

// A TCP connection to this machine that says exactly what it is told to.
class RawClient final {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Whatever the other side still takes.
  void send(std::string_view bytes) const;

  // Says that nothing more will come.
  void finish_sending() const;

  // What comes until the other side closes, or `enough` has come; at most ten seconds.
  std::string receive(std::string_view enough = {}) const;

  // Whether the other side closed within the time.
  bool is_closed_within_seconds(int seconds) const;

 private:
  int socket_;
};

}  // namespace weir
