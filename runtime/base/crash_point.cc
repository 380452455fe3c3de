#include "base/crash_point.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>

namespace weir {
namespace {

std::string_view wish() {
  const char* text = std::getenv("WEIR_CRASH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? text : "";
}

}  // namespace

const bool kMayCrash = !wish().empty();

void pass_crash_point(std::string_view name) {
  static std::atomic<std::uint64_t> passages = 0;
  const std::string_view wanted = wish();
  const std::size_t colon = wanted.rfind(':');
  if (wanted.substr(0, colon) != name) return;
  std::uint64_t passage = 1;
  if (colon != std::string_view::npos) {
    std::from_chars(wanted.data() + colon + 1, wanted.data() + wanted.size(), passage);
  }
  if (++passages == passage) static_cast<void>(std::raise(SIGKILL));
}

}  // namespace weir
