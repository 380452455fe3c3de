#include "job/state_copies.h"

#include <utility>

#include "base/check.h"

namespace weir {

void StateCopies::ask(std::filesystem::path folder, Answer answer) {
  waiting_.push_back({std::move(folder), std::move(answer)});
}

void StateCopies::refuse(const Error& error) {
  for (const Copy& copy : std::exchange(waiting_, {}))
    copy.answer(error);
}

std::filesystem::path StateCopies::begin() {
  CHECK(are_wanted() && !is_under_way());
  copying_ = std::move(waiting_.front());
  waiting_.pop_front();
  return copying_->folder;
}

void StateCopies::finish(Status outcome) {
  CHECK(is_under_way());
  const Copy copy = *std::exchange(copying_, std::nullopt);
  copy.answer(std::move(outcome));
}

}  // namespace weir
