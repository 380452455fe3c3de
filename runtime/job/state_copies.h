#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/result.h"

namespace weir {

// Those who want a copy of a job's state, from when they ask until they are answered, each once.
// Copies are made one at a time. Control thread only.
class StateCopies final {
 public:
  using Answer = std::function<void(Status)>;

  // Into `folder`, which is not there yet.
  void ask(std::filesystem::path folder, Answer answer);
  // Answers all whose copy was not begun.
  void refuse(const Error& error);

  bool are_wanted() const { return !waiting_.empty(); }
  bool is_under_way() const { return copying_.has_value(); }

  // The folder of the next copy. Only when one is wanted, and none is under way.
  std::filesystem::path begin();
  void finish(Status outcome);

 private:
  struct Copy {
    std::filesystem::path folder;
    Answer answer;
  };
  std::deque<Copy> waiting_;
  std::optional<Copy> copying_;
};

}  // namespace weir
