#include "worker/worker.h"

#include <algorithm>
#include <utility>

namespace weir {

void Worker::add(TaskGroup group, Tasks tasks) {
  post(Addition{group, std::move(tasks)});
}

void Worker::remove(TaskGroup group, std::function<void(Tasks)> removed) {
  post(Removal{group, std::move(removed)});
}

bool Worker::step() {
  bool moved = grant_wishes();
  for (std::size_t i = 0; i < seats_.size(); ++i)
    moved |= step_task(i);
  return moved;
}

bool Worker::step_task(std::size_t index) {
  Seat& seat = seats_[index];
  if (seat.is_finished) return false;
  const Progress progress = seat.task->step();
  seat.is_finished = progress == Progress::Finished;
  return progress != Progress::None;
}

bool Worker::grant_wishes() {
  if (!has_wishes_.load()) return false;
  std::vector<Wish> wishes = wishes_.with([this](std::vector<Wish>& waiting) {
    has_wishes_.store(false);
    return std::exchange(waiting, {});
  });
  for (Wish& wish : wishes) {
    std::visit([this](auto& kind) { grant(std::move(kind)); }, wish);
  }
  return !wishes.empty();
}

void Worker::grant(Addition addition) {
  for (auto& task : addition.tasks)
    seats_.push_back({addition.group, std::move(task)});
}

void Worker::grant(Removal removal) {
  Tasks removed;
  for (Seat& seat : seats_) {
    if (seat.group == removal.group) removed.push_back(std::move(seat.task));
  }
  std::erase_if(seats_, [](const Seat& seat) { return seat.task == nullptr; });
  removal.removed(std::move(removed));
}

void Worker::post(Wish wish) {
  wishes_.with([&](std::vector<Wish>& waiting) { waiting.push_back(std::move(wish)); });
  has_wishes_.store(true);
  parker_.wake();
}

}  // namespace weir
