#include "checkpoint/lasting_folder.h"

#include <memory>
#include <vector>

#include "checkpoint/rocks_error.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

rocksdb::Status sync(rocksdb::Env& env, const fs::path& folder) {
  std::unique_ptr<rocksdb::Directory> opened;
  rocksdb::Status status = env.NewDirectory(folder.string(), &opened);
  if (status.ok()) status = opened->Fsync();
  return status;
}

}  // namespace

Status make_lasting_folder(rocksdb::Env& env, const fs::path& folder) {
  std::vector<fs::path> chain;  // From the top.
  for (fs::path at = fs::absolute(folder); at.has_relative_path(); at = at.parent_path())
    chain.insert(chain.begin(), at);
  for (const fs::path& each : chain) {
    const bool is_new = env.FileExists(each.string()).IsNotFound();
    if (is_new) {
      const auto made = env.CreateDirIfMissing(each.string());
      if (!made.ok()) return error_of(made).during("make " + each.string());
    }
    const auto synced = sync(env, each.parent_path());
    if (is_new && !synced.ok()) {
      return error_of(synced).during("sync " + each.parent_path().string());
    }
  }
  return Done{};
}

}  // namespace weir
