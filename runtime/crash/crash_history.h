#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crash/job_suspects.h"

namespace weir {

// What the reports of crash_handler.h and the poison lists tell at the start of a host. A value,
// never changed afterwards.
class CrashHistory final {
 public:
  // Reads the reports in `state`/crash, keeps the newest hundred, and adds records that crashed the
  // process twice to the lists in `state`/poison, one file for each job. A report that cannot be
  // read is left out and named in trouble().
  static CrashHistory read(const std::filesystem::path& state);

  // Null: nothing is known against any record of the job.
  std::shared_ptr<const JobSuspects> suspects_of(std::string_view job) const;

  // Records that were not in the lists before.
  const std::vector<PoisonRecord>& new_poison() const { return new_poison_; }
  const std::vector<std::string>& trouble() const { return trouble_; }

 private:
  void read_reports(const std::filesystem::path& folder);
  void read_lists(const std::filesystem::path& folder);
  void write_lists(const std::filesystem::path& folder);
  bool is_listed(const PoisonRecord& record) const;

  std::vector<DeathNote> notes_;
  std::vector<PoisonRecord> listed_;
  std::vector<PoisonRecord> new_poison_;
  std::vector<std::string> trouble_;
  std::map<std::string, std::shared_ptr<JobSuspects>, std::less<>> suspects_;
};

}  // namespace weir
