// Edits the versions that jobs.toml asks for, and leaves every other byte of it alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

// One entry of a job as it is written: what bulk changes select by.
struct WrittenJob {
  std::string name;
  std::string job_class;
  std::string plugin;
  std::string version;  // Empty: any.
};

// The jobs of the text, in its order; what is no text reads as empty. Invalid: it is no TOML.
Result<std::vector<WrittenJob>> written_jobs(std::string_view jobs_text);

// The text with `version = "=VERSION"` for each of these jobs: in the place of what is there, or
// in a line of its own behind the job's plugin. Invalid: such a job is not there, or is written so
// that this cannot be done.
Result<std::string> pin_version(std::string_view jobs_text,
                                const std::vector<std::string>& jobs,
                                std::string_view version);

// Whether a name is one of those that a pattern stands for: '*' is any text, '?' any letter.
bool matches_glob(std::string_view pattern, std::string_view name);

// How many jobs have been changed when each wave is over, of `count`, as "1,10%,100%" says: numbers
// and shares, rounded up. Ascending; the last one is `count`. Invalid: it is not written so.
Result<std::vector<std::size_t>> read_waves(std::string_view text, std::size_t count);

}  // namespace weir
