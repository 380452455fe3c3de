#include "connectors/transaction.h"

#include <array>
#include <unistd.h>

#include "base/format.h"
#include "base/guarded.h"

namespace weir {

// The count tells owners apart that one process makes in the same millisecond.
JobOwner new_owner(const Clock& clock) {
  static Guarded<std::uint64_t> made(std::uint64_t{0});
  std::array<char, 64> host = {};
  gethostname(host.data(), host.size() - 1);
  return {.name = format("{}/{}/{}.{}",
                         host.data(),
                         getpid(),
                         clock.wall_now().time_since_epoch().count(),
                         made.with([](std::uint64_t& count) { return ++count; }))};
}

}  // namespace weir
