#include "registry/version_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <unistd.h>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

#include "base/crash_point.h"
#include "base/format.h"
#include "base/list_folder.h"
#include "plugin/elf.h"
#include "plugin/manifest.h"
#include "registry/bound_libraries.h"
#include "registry/lasting_file.h"
#include "registry/sha256.h"
#include "registry/version_facts.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "lock";
constexpr std::string_view kAdding = ".adding-";
constexpr std::string_view kRemoving = ".removing-";
constexpr mode_t kFileMode = 0444;
constexpr mode_t kFolderMode = 0555;
constexpr mode_t kStagingMode = 0755;

// While it lives, no other process writes to the store.
class WriterLock final {
 public:
  static Result<std::unique_ptr<WriterLock>> take(const fs::path& folder) {
    const fs::path file = folder / kLock;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return system_error(file);
    std::unique_ptr<WriterLock> lock(new WriterLock(descriptor));
    if (::flock(descriptor, LOCK_EX) != 0) return system_error(file);
    return lock;
  }
  ~WriterLock() { ::close(descriptor_); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

// Makes the folder, and those above it that are missing, so that the power does not take them.
Status make_folder(const fs::path& folder) {
  std::error_code trouble;
  if (fs::is_directory(folder, trouble)) return Done{};
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    TRY_DO(make_folder(folder.parent_path()));
  }
  if (::mkdir(folder.c_str(), kStagingMode) != 0 && errno != EEXIST) return system_error(folder);
  return sync_folder(folder.parent_path());
}

// Its entries are read-only for everybody, its owner included.
Status delete_folder(const fs::path& folder) {
  std::error_code trouble;
  if (::chmod(folder.c_str(), kStagingMode) != 0) return system_error(folder);
  fs::remove_all(folder, trouble);
  if (!trouble) return Done{};
  return Error(ErrorKind::Unavailable, format("{}: {}", folder.string(), trouble.message()));
}

bool is_before(const StoredVersion& left, const StoredVersion& right) {
  if (left.plugin != right.plugin) return left.plugin < right.plugin;
  const auto first = Version::parse(left.version);
  const auto second = Version::parse(right.version);
  if (first && second && *first != *second) return *first < *second;
  return left.version < right.version;
}

StoredFile facts_of(const CandidateFile& file) {
  return {file.name, file.bytes.size(), sha256_of(file.bytes), read_build_id(file.bytes)};
}

StoredVersion facts_of(const Candidate& candidate,
                       const PluginDescription& description,
                       WallTime now) {
  StoredVersion version;
  version.plugin = description.name;
  version.version = description.version;
  version.abi_major = description.abi_major;
  version.abi_minor = description.abi_minor;
  version.added = now;
  version.files.push_back(facts_of(candidate.library));
  version.files.front().name = format("lib{}.so", description.name);
  for (const CandidateFile& file : candidate.private_libraries)
    version.files.push_back(facts_of(file));
  version.hash = version.files.front().sha256;
  return version;
}

// Whether it is the same number: what follows a '+' does not count.
bool is_same_number(std::string_view left, std::string_view right) {
  const auto first = Version::parse(left);
  const auto second = Version::parse(right);
  return left == right || (first && second && *first == *second);
}

Error number_is_taken(const StoredVersion& there, const StoredVersion& wanted) {
  const std::string same =
      there.hash == wanted.hash
          ? "other private libraries"
          : format("SHA-256 {} and not {}", there.hash.substr(0, 12), wanted.hash.substr(0, 12));
  return Error(ErrorKind::Invalid,
               format("version {} of {} is in the store with {}: a version number never changes "
                      "what it means, give this one another",
                      there.version,
                      there.plugin,
                      same));
}

std::string needed_by(const std::vector<VersionNeed>& needs, const StoredVersion& version) {
  std::string reasons;
  for (const VersionNeed& need : needs) {
    if (need.hash == version.hash) reasons += (reasons.empty() ? "" : "; ") + need.reason;
  }
  return reasons;
}

Result<std::vector<VersionNeed>> ask(const FindVersionNeeds& needs) {
  if (!needs) return std::vector<VersionNeed>();
  return needs().during("find out which versions are needed");
}

}  // namespace

VersionStore::VersionStore(const fs::path& folder)
    : folder_(fs::absolute(folder).lexically_normal()) {}

Result<VersionStore::Contents> VersionStore::read() const {
  Contents contents;
  const auto entries = list_folder(folder_);
  if (!entries && entries.error().kind() == ErrorKind::NotFound) return contents;
  if (!entries) return entries.error();
  for (const fs::path& entry : *entries) {
    if (!is_sha256(entry.filename().string())) continue;
    auto version = read_stored_version(entry);
    if (version) {
      contents.versions.push_back(*std::move(version));
    } else {
      contents.damaged.push_back(std::move(version).error());
    }
  }
  std::sort(contents.versions.begin(), contents.versions.end(), is_before);
  return contents;
}

Result<StoredVersion> VersionStore::find(std::string_view plugin, std::string_view version) const {
  TRY(const Contents contents, read());
  std::string others;
  for (const StoredVersion& each : contents.versions) {
    if (each.plugin != plugin) continue;
    if (each.version == version) return each;
    others += (others.empty() ? "" : ", ") + each.version;
  }
  if (others.empty()) {
    return Error(ErrorKind::NotFound, format("no plugin {} in {}", plugin, folder_.string()));
  }
  return Error(ErrorKind::NotFound,
               format("no version {} of {}, there are {}", version, plugin, others));
}

Result<StoredVersion> VersionStore::find(std::string_view hash) const {
  if (!is_sha256(hash)) return Error(ErrorKind::Invalid, format("no SHA-256: {}", hash));
  return read_stored_version(folder_ / hash);
}

Result<VersionStore::Added> VersionStore::add(const Candidate& candidate,
                                              const PluginDescription& description,
                                              WallTime now,
                                              const PutOnTrial& put_on_trial) {
  StoredVersion version = facts_of(candidate, description, now);
  version.folder = folder_ / version.hash;
  TRY_DO(make_folder(folder_));
  TRY(const auto lock, WriterLock::take(folder_));
  TRY(const Contents contents, read());
  for (const StoredVersion& there : contents.versions) {
    if (there.plugin != version.plugin || !is_same_number(there.version, version.version)) continue;
    if (there.files != version.files) return number_is_taken(there, version);
    if (verify_stored_version(there)) return Added{there, false};
  }
  TRY(const fs::path staged, stage(candidate, version));
  if (const Status tried = put_on_trial(staged / version.files.front().name); !tried) {
    TRY_DO(delete_folder(staged));
    return tried.error();
  }
  TRY_DO(publish(staged, version));
  return Added{std::move(version), true};
}

Result<StoredVersion> VersionStore::copy(const StoredVersion& version) {
  StoredVersion own = version;
  own.folder = folder_ / version.hash;
  TRY_DO(make_folder(folder_));
  TRY(const auto lock, WriterLock::take(folder_));
  if (auto there = read_stored_version(own.folder); there && verify_stored_version(*there)) {
    return there;
  }
  TRY_DO(verify_stored_version(version));
  Candidate files{version.folder, {}, {}};
  for (const StoredFile& file : version.files) {
    const fs::path path = version.folder / file.name;
    TRY(std::string bytes, read_plugin_file(path).during(path.string()));
    CandidateFile read{file.name, std::move(bytes)};
    if (&file == &version.files.front()) {
      files.library = std::move(read);
    } else {
      files.private_libraries.push_back(std::move(read));
    }
  }
  TRY(const fs::path staged, stage(files, own));
  TRY_DO(publish(staged, own));
  return own;
}

// Gives what was staged its name. Whatever has it is damaged, or it would have been found.
Status VersionStore::publish(const fs::path& staged, const StoredVersion& version) {
  std::error_code trouble;
  if (fs::exists(version.folder, trouble)) TRY_DO(take_out(version));
  WEIR_CRASH_POINT("store.staged");
  TRY_DO(rename_lasting(staged, version.folder));
  WEIR_CRASH_POINT("store.added");
  return Done{};
}

// Everything that makes the version up, under a name that nobody looks for.
Result<fs::path> VersionStore::stage(const Candidate& candidate, const StoredVersion& version) {
  std::string pattern = (folder_ / kAdding).string() + "XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return system_error(folder_);
  const fs::path staged = pattern;
  WEIR_CRASH_POINT("store.staging");
  TRY_DO(write_new_file(staged / version.files[0].name, candidate.library.bytes, kFileMode));
  WEIR_CRASH_POINT("store.half");
  for (const CandidateFile& file : candidate.private_libraries)
    TRY_DO(write_new_file(staged / file.name, file.bytes, kFileMode));
  TRY_DO(write_new_file(staged / kVersionFacts, encode_version_facts(version), kFileMode));
  TRY_DO(sync_folder(staged));
  if (::chmod(staged.c_str(), kFolderMode) != 0) return system_error(staged);
  return staged;
}

// In two steps: from the moment that it has another name it is not there any more.
Status VersionStore::take_out(const StoredVersion& version) {
  const fs::path aside = folder_ / (std::string(kRemoving) + version.hash);
  std::error_code trouble;
  if (fs::exists(aside, trouble)) TRY_DO(delete_folder(aside));
  TRY_DO(rename_lasting(version.folder, aside));
  WEIR_CRASH_POINT("store.removing");
  return delete_folder(aside);
}

Status VersionStore::remove(const StoredVersion& version, const FindVersionNeeds& needs) {
  TRY(const auto lock, WriterLock::take(folder_));
  TRY(const auto all, ask(needs));
  const std::string refused = format("{} {} stays", version.plugin, version.version);
  if (const std::string reasons = needed_by(all, version); !reasons.empty()) {
    return Error(ErrorKind::Invalid, format("{}: {}", refused, reasons));
  }
  TRY(const auto alone, VersionHold::take_alone(version));
  if (alone == nullptr) {
    return Error(ErrorKind::Invalid, format("{}: a running process has it loaded", refused));
  }
  return take_out(version);
}

Result<std::vector<fs::path>> VersionStore::leftovers() const {
  std::vector<fs::path> found;
  TRY(const auto entries, list_folder(folder_));
  for (const fs::path& entry : entries) {
    const std::string name = entry.filename().string();
    if (name.starts_with(kAdding) || name.starts_with(kRemoving)) found.push_back(entry);
  }
  return found;
}

Result<VersionStore::Collected> VersionStore::collect(std::size_t keep,
                                                      const FindVersionNeeds& needs,
                                                      bool only_tell) {
  Collected collected;
  std::error_code trouble;
  if (!fs::exists(folder_, trouble)) return collected;
  TRY(const auto lock, WriterLock::take(folder_));
  TRY(const auto all_needs, ask(needs));
  TRY(const Contents contents, read());
  TRY(const auto dead, leftovers());
  for (const fs::path& folder : dead) {
    if (!only_tell) TRY_DO(delete_folder(folder));
    ++collected.leftovers;
  }
  std::map<std::string, std::size_t> seen;  // By plugin, from the newest.
  for (auto each = contents.versions.rbegin(); each != contents.versions.rend(); ++each) {
    if (seen[each->plugin]++ < keep) continue;
    std::string reason = needed_by(all_needs, *each);
    TRY(const auto alone, VersionHold::take_alone(*each));
    if (reason.empty() && alone == nullptr) reason = "a running process has it loaded";
    if (!reason.empty()) {
      collected.kept.push_back({*each, std::move(reason)});
      continue;
    }
    if (!only_tell) TRY_DO(take_out(*each));
    collected.removed.push_back(*each);
  }
  return collected;
}

const StoredVersion* newest_version(const std::vector<StoredVersion>& versions,
                                    std::string_view plugin,
                                    const VersionConstraint& constraint) {
  const StoredVersion* newest = nullptr;
  for (const StoredVersion& each : versions) {
    const auto number = Version::parse(each.version);
    if (each.plugin != plugin || !number || !constraint.accepts(*number)) continue;
    if (newest == nullptr || is_before(*newest, each)) newest = &each;
  }
  return newest;
}

bool is_stored(const fs::path& library) {
  std::error_code trouble;
  const fs::path folder = library.parent_path();
  return is_sha256(folder.filename().string()) && fs::exists(folder / kVersionFacts, trouble);
}

Result<std::shared_ptr<const Plugin>> load_library(const fs::path& library) {
  if (!is_stored(library)) return Plugin::load(library);
  TRY(const StoredVersion version, read_stored_version(library.parent_path()));
  TRY(std::shared_ptr<const VersionHold> hold, VersionHold::take(version));
  TRY_DO(verify_stored_version(version));
  TRY(auto plugin, Plugin::load(version.library(), std::move(hold)));
  TRY_DO(check_bound_libraries(version).during(version.library().string()));
  return plugin;
}

}  // namespace weir
