#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "base/guarded.h"
#include "base/id.h"
#include "crash/call_marker.h"
#include "flow/task.h"
#include "worker/parker.h"

namespace weir {

// The tasks that come and go together: one run of one job.
using TaskGroup = Id<struct TaskGroupTag, std::uint64_t>;
using Tasks = std::vector<std::unique_ptr<Task>>;

// Steps tasks, round after round. Whose thread that is, is not its business.
class Worker final {
 public:
  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread: only queues the wish, which is granted before the next round.
  void add(TaskGroup group, Tasks tasks);
  // `removed` gets the group's tasks, on the worker's thread; they have seen their last step.
  void remove(TaskGroup group, std::function<void(Tasks)> removed);

  // Any thread.
  Parker& parker() { return parker_; }
  // Where its tasks say what they call.
  CallMarker& marker() { return marker_; }
  const CallMarker& marker() const { return marker_; }

  // The worker's thread, here and below. One round: grants the wishes, then gives every task one
  // step. Returns whether anything moved.
  bool step();

  // The parts of step(), for who wants to choose the order.
  bool grant_wishes();
  std::size_t task_count() const { return seats_.size(); }
  bool step_task(std::size_t index);

 private:
  struct Addition {
    TaskGroup group;
    Tasks tasks;
  };
  struct Removal {
    TaskGroup group;
    std::function<void(Tasks)> removed;
  };
  using Wish = std::variant<Addition, Removal>;

  struct Seat {
    TaskGroup group;
    std::unique_ptr<Task> task;
    bool is_finished = false;
  };

  void grant(Addition addition);
  void grant(Removal removal);
  void post(Wish wish);

  Guarded<std::vector<Wish>> wishes_;
  // Saves a lock in every round; set after the wish is there, so it is found at the latest one
  // round later.
  std::atomic<bool> has_wishes_ = false;
  Parker parker_;
  CallMarker marker_;

  // Touched only on the worker's thread.
  std::vector<Seat> seats_;
};

}  // namespace weir
