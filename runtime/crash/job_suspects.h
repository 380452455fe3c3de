// What earlier deaths of the process say about the records of a job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

// One record as its reader hands it over.
struct SuspectRecord {
  std::int64_t offset = 0;
  std::int64_t timestamp = -1;  // ms UTC; -1: not known.
  std::string_view key = {};
  std::string_view value = {};
};

// Tells records from others that stand, or once stood, at the same place: a hash of timestamp, key
// and value. Part of the format of reports: never changes.
std::uint64_t fingerprint_of(const SuspectRecord& record);

// Some records of one split, one of which was at hand when the process died.
struct SuspectSpan {
  std::int64_t first = 0;
  std::int64_t last = 0;        // Included.
  std::int64_t timestamp = -1;  // Of the first one; -1: not known.
  std::string build = {};       // The plugin's that was called; empty: none, or it has none.
};

// One record that crashed the process twice.
struct SuspectVerdict {
  std::int64_t offset = 0;
  std::optional<std::uint64_t> fingerprint = {};  // None: whatever stands there.
  std::string build = {};                         // As above.
};

// Walks along with the records of one split, in the order of their offsets. What is known against
// another build of the plugin does not count, and neither does what was said about other records
// at these offsets: those of a topic that was deleted and made anew.
class SuspectWatch final {
 public:
  SuspectWatch() = default;
  SuspectWatch(std::vector<SuspectSpan> spans, std::vector<SuspectVerdict> verdicts);

  enum class Opinion : std::uint8_t {
    Harmless,
    Suspect,  // To be worked on alone, so that the next report names it alone.
    Poison,   // To be set aside unread.
  };
  Opinion look(const SuspectRecord& record);

  // Nothing is known against any record that follows.
  bool is_over() const {
    return next_span_ == spans_.size() && open_.empty() && next_verdict_ == verdicts_.size();
  }

 private:
  std::vector<SuspectSpan> spans_;        // By their first records.
  std::vector<SuspectVerdict> verdicts_;  // By offset.
  std::size_t next_span_ = 0;             // The first one that is still ahead.
  std::size_t next_verdict_ = 0;
  std::vector<std::int64_t> open_;  // Where the spans end that the records are in.
};

struct JobSuspects {
  struct Split {
    std::vector<SuspectSpan> spans;
    std::vector<SuspectVerdict> verdicts;
  };
  // By uid of the source port and name of the split.
  std::map<std::pair<std::string, std::string>, Split> splits;

  // For a job whose plugin is of this build; empty: it has none.
  SuspectWatch watch(const std::string& source,
                     const std::string& split,
                     std::string_view build) const;
};

// One report, as far as it matters here.
struct DeathNote {
  struct Records {
    std::string source;
    std::string split;
    SuspectSpan span;  // Without its build.
  };
  std::string name;  // Of its file.
  std::string job;
  std::string build;
  std::vector<Records> records;
  std::optional<std::uint64_t> fingerprint;  // Of the only record.
};

// A record that crashed the process twice, and the two reports that show it.
struct PoisonRecord {
  std::string job;
  std::string source;
  std::string split;
  SuspectVerdict verdict;
  std::string alone_in;  // The report in which it was the only one at hand,
  std::string also_in;   // and another one.

  bool is_about_the_same(const PoisonRecord& other) const;
};

// Those that one note tells by their fingerprints and another one names too, both of the same build
// of the plugin, in the order of the notes.
std::vector<PoisonRecord> find_poison(const std::vector<DeathNote>& notes);

}  // namespace weir
