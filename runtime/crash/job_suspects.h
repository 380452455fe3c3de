// What earlier deaths of the process say about the records of a job.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

// Of one split; offsets.
struct SplitSuspects {
  struct Span {
    std::int64_t first = 0;
    std::int64_t last = 0;  // Included.
  };
  // One of these records was at hand when the process died. They are worked on one by one, so that
  // the next report names it alone.
  std::vector<Span> spans;
  // These have done it twice: they are set aside unread.
  std::vector<std::int64_t> poison;

  bool is_suspect(std::int64_t offset) const;
  bool is_poison(std::int64_t offset) const;
};

struct JobSuspects {
  // By uid of the source port and name of the split.
  std::map<std::pair<std::string, std::string>, SplitSuspects> splits;

  // Null: nothing is known against any record of it.
  const SplitSuspects* find(const std::string& source, const std::string& split) const;
};

// One report, as far as it matters here.
struct DeathNote {
  struct Records {
    std::string source;
    std::string split;
    SplitSuspects::Span span;
  };
  std::string name;  // Of its file.
  std::string job;
  std::vector<Records> records;
};

// A record that crashed the process twice, and the two reports that show it.
struct PoisonRecord {
  std::string job;
  std::string source;
  std::string split;
  std::int64_t offset = 0;
  std::string alone_in;  // The report in which it was the only one at hand,
  std::string also_in;   // and another one.
};

// Those that one note names alone and another one names too, in the order of the notes.
std::vector<PoisonRecord> find_poison(const std::vector<DeathNote>& notes);

}  // namespace weir
