#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::kafka {

// What the metadata of every offset says that a transaction committed:
// "weir epoch=57 id=a run=host/1234/1700000000000.1", behind it " owner=NAME" where another than
// `run` has claimed the job since, and " marker" where the offset is no position.
struct EpochStamp {
  std::uint64_t epoch = 0;
  char id = 'a';           // Which of the two transactional ids.
  std::string run;         // The owner that committed the epoch; no blanks.
  std::string owner;       // Whose the job is; no blanks.
  bool is_marker = false;  // The offset stands for nothing but the epoch.
  bool operator==(const EpochStamp&) const = default;
};

std::string text_of(const EpochStamp& stamp);

// None if the offset was not committed by a transaction of Weir.
Result<std::optional<EpochStamp>> read_stamp(std::string_view metadata);

}  // namespace weir::kafka
