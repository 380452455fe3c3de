// The versions of plugins that a host has in store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/version.h"
#include "plugin/plugin.h"
#include "registry/candidate.h"
#include "registry/stored_version.h"

namespace weir {

// A version that must stay, and why: "jobs.lock names it for job enter-cn".
struct VersionNeed {
  std::string hash;
  std::string reason;
};

// All that is known outside of the store about versions that must stay. What running processes have
// loaded is known without it. An error refuses every removal.
using FindVersionNeeds = std::function<Result<std::vector<VersionNeed>>()>;

// Tries a library out, in a place where it can do no harm; the error is the reason to refuse it.
using PutOnTrial = std::function<Status(const std::filesystem::path& library)>;

// A folder of versions, each in a folder that is called after its hash:
//
//   STORE/3f2a…/libclassroom.so   read-only, as are the private libraries of a bundle beside it
//   STORE/3f2a…/version.json      name, version, size and hash of each file
//
// A version is there when its folder has its name, and not before; what these files say is all that
// is known, so there is nothing that could disagree with them. Whoever writes locks STORE/lock and
// may die at any moment; what it leaves is swept by collect(). Safe to use from several processes
// and threads at once.
class VersionStore final {
 public:
  // Nothing is read yet: a store that is not there is one without versions.
  explicit VersionStore(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }

  struct Contents {
    std::vector<StoredVersion> versions;  // By plugin, then oldest number first.
    std::vector<Error> damaged;           // Versions that cannot be read; each names its folder.
  };
  Result<Contents> read() const;

  // NotFound tells which there are.
  Result<StoredVersion> find(std::string_view plugin, std::string_view version) const;
  Result<StoredVersion> find(std::string_view hash) const;

  struct Added {
    StoredVersion version;
    bool is_new = true;  // False: exactly these files were there already.
  };
  // Takes a candidate that the gate admitted, and that `put_on_trial` loads from the place where it
  // will lie under another name. Invalid when the number is taken by other files: a version number
  // never changes what it means.
  Result<Added> add(const Candidate& candidate,
                    const PluginDescription& description,
                    WallTime now,
                    const PutOnTrial& put_on_trial);

  // Takes a version over from another store, as it is there.
  Result<StoredVersion> copy(const StoredVersion& version);

  // Invalid, with the reason, while the version is needed or a process has it loaded.
  Status remove(const StoredVersion& version, const FindVersionNeeds& needs);

  struct KeptVersion {
    StoredVersion version;
    std::string reason;
  };
  struct Collected {
    std::vector<StoredVersion> removed;
    std::vector<KeptVersion> kept;  // Those that are old, but needed.
    std::size_t leftovers = 0;      // Folders of processes that died while they wrote.
  };
  // Removes all versions but the newest `keep` of each plugin and what is needed or loaded, and
  // what died processes left. `only_tell`: changes nothing.
  Result<Collected> collect(std::size_t keep, const FindVersionNeeds& needs, bool only_tell);

 private:
  Status take_out(const StoredVersion& version);
  Status publish(const std::filesystem::path& staged, const StoredVersion& version);
  Result<std::filesystem::path> stage(const Candidate& candidate, const StoredVersion& version);
  Result<std::vector<std::filesystem::path>> leftovers() const;

  std::filesystem::path folder_;  // Absolute.
};

// The newest of a plugin's versions that the constraint takes; null: none. Pure.
const StoredVersion* newest_version(const std::vector<StoredVersion>& versions,
                                    std::string_view plugin,
                                    const VersionConstraint& constraint);

// Whether the file is the library of a version in a store.
bool is_stored(const std::filesystem::path& library);

// Loads a plugin: one in a store after every file of its version was compared with its hash, and
// held for as long as it is mapped, and only if its bundle's libraries are what it was bound to;
// any other file as Plugin::load() does. Control thread.
Result<std::shared_ptr<const Plugin>> load_library(const std::filesystem::path& library);

}  // namespace weir
