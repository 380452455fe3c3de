#include "interrupts.h"

#include <csignal>
#include <ctime>

namespace weir {
namespace {

sigset_t signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Interrupts::Interrupts() {
  const sigset_t set = signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Interrupts::~Interrupts() {
  const sigset_t set = signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool Interrupts::wait_for(std::chrono::milliseconds time) {
  const sigset_t set = signals();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  timespec limit{};
  limit.tv_sec = seconds.count();
  limit.tv_nsec = std::chrono::nanoseconds(time - seconds).count();
  return sigtimedwait(&set, nullptr, &limit) > 0;
}

}  // namespace weir
