#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "flow/stream_item.h"

namespace weir {

// A way out of a task: to another stage, or to the outside world. Owned by the task, used on
// its worker's thread only.
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Always takes the item, and keeps what does not fit for now. In order.
  virtual void push(StreamItem item) = 0;

  // Moves on what is kept, as far as there is room. True once nothing is left and, behind a
  // barrier or the end, everything before it is safe. False: full; push nothing and call again
  // later. Errors are final and name the target.
  virtual Result<bool> drain() = 0;
};

// The ways out of one task: every item goes to each of them.
class Outlets final : public Outlet {
 public:
  explicit Outlets(std::vector<std::unique_ptr<Outlet>> outlets);

  void push(StreamItem item) override;
  Result<bool> drain() override;

 private:
  std::vector<std::unique_ptr<Outlet>> outlets_;
};

}  // namespace weir
