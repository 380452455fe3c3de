// The entries of a stored state, printed one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "checkpoint/entry_text.h"
#include "checkpoint/stored_state.h"

namespace weir {

// What is known of one operator's entries.
class OperatorText final {
 public:
  // Corrupt: a form that cannot be read.
  static Result<std::unique_ptr<OperatorText>> make(const StoredOperator& stored);

  const std::string& uid() const { return uid_; }
  // Of the entries written now; null when nobody described them.
  const StateForm* form() const { return forms_.empty() ? nullptr : &forms_.back(); }

  // {"uid":"attempts","section":98,"from":"…","to":"…","key":{…},"value":{…}}
  Result<std::string> line(const StatePlace& place,
                           std::uint8_t layout,
                           std::string_view value) const;

 private:
  std::string uid_;
  std::vector<StateForm> forms_;  // By layout, from 1 on. Not changed once texts_ is made.
  std::vector<EntryText> texts_;
};

// Calls `take` with each entry's place and its line, operator by operator; all when `uid` is empty.
// NotFound: there is no such operator.
using TakeLine = std::function<void(const StatePlace& place, const std::string& line)>;
Status print_entries(const StoredState& state, std::string_view uid, const TakeLine& take);

}  // namespace weir
