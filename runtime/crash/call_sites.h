// Names of what can be under way when something goes wrong.
#pragma once

#include <deque>
#include <string>

#include "base/guarded.h"
#include "model/batch_origin.h"

namespace weir {

// An operator of a job whose functions are called.
struct CallSite {
  std::string job = {};
  std::string operator_uid = {};
  std::string plugin = {};
  std::string plugin_version = {};
  std::string plugin_build = {};  // The build id of its library, in hex; empty: it has none.

  bool operator==(const CallSite&) const = default;
};

// Keeps one copy of each site and place. What it returns stays until it goes itself, so that who
// looks at a call from outside never looks at a name that is gone. Grows with the number of
// different names only. Safe from any thread.
class CallSites final {
 public:
  const CallSite* site(CallSite wanted);
  const SplitPlace* place(SplitPlace wanted);

 private:
  struct Kept {
    std::deque<CallSite> sites;
    std::deque<SplitPlace> places;
  };
  Guarded<Kept> kept_;
};

}  // namespace weir
