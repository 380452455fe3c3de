#include "checkpoint/savepoint.h"

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <xxhash.h>

#include <linux/fs.h>

#include "base/crash_point.h"
#include "base/format.h"
#include "base/list_folder.h"
#include "checkpoint/image_lock.h"
#include "checkpoint/lasting_folder.h"
#include "checkpoint/rocks_error.h"
#include "checkpoint/rocks_store.h"
#include "checkpoint/savepoint_manifest.h"
#include "checkpoint/state_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNameLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

Status check_name(std::string_view name) {
  const bool is_good = !name.empty() && name.front() != '.' &&
                       name.find_first_not_of(kNameLetters) == std::string_view::npos;
  if (is_good) return Done{};
  return Error(ErrorKind::Invalid,
               format("the name of a savepoint has letters, digits, '-', '_', '.': {}", name));
}

Status done_or(const std::error_code& failed, std::string_view operation) {
  if (!failed) return Done{};
  return Error(ErrorKind::Unavailable, format("{}: {}", operation, failed.message()));
}

Status sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = file >= 0 && ::fsync(file) == 0;
  const std::error_code failed(errno, std::generic_category());
  if (file >= 0) ::close(file);
  if (is_synced) return Done{};
  return done_or(failed, "sync " + path.string());
}

bool is_of_process(const std::string& name) {
  return name == "LOCK" || name.starts_with("LOG");
}

Result<SavedFile> saved_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Error(ErrorKind::Corrupt, format("cannot read {}", path.string()));
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> sum(XXH3_createState(),
                                                                     &XXH3_freeState);
  XXH3_64bits_reset(sum.get());
  SavedFile file{.name = path.filename().string()};
  std::vector<char> room(std::size_t{1} << 20);
  while (stream) {
    stream.read(room.data(), static_cast<std::streamsize>(room.size()));
    XXH3_64bits_update(sum.get(), room.data(), static_cast<std::size_t>(stream.gcount()));
    file.size += static_cast<std::uint64_t>(stream.gcount());
  }
  if (stream.bad()) return Error(ErrorKind::Corrupt, format("cannot read {}", path.string()));
  file.checksum = XXH3_64bits_digest(sum.get());
  return file;
}

// The names of files in a folder, sorted, without what belongs to the process that had it open.
Result<std::vector<std::string>> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  TRY(const auto files, list_folder(folder));
  for (const fs::path& file : files) {
    std::string name = file.filename().string();
    if (!is_of_process(name) && name != kSavepointManifest) names.push_back(std::move(name));
  }
  return names;
}

Result<std::unique_ptr<RocksStore>> open_alone(const fs::path& folder) {
  if (!fs::exists(folder / "CURRENT")) {
    return Error(ErrorKind::NotFound, format("no state in {}", folder.string()));
  }
  const auto share = make_rocks_share();
  return RocksStore::open(folder, *share);
}

// Leaves in a copy what is committed and nothing else.
Status clean_copy(const fs::path& copy, Savepoint& savepoint) {
  TRY(const auto store, open_alone(copy));
  if (store->prepared()) TRY_DO(store->roll_back());
  TRY_DO(store->drop(store->metadata().drops()));
  TRY_DO(store->flush());
  if (!store->metadata().header()) return Error(ErrorKind::Corrupt, "header is missing");
  savepoint.header = *store->metadata().header();
  savepoint.head = store->metadata().head();
  return Done{};
}

Status write_manifest(const fs::path& folder, Savepoint& savepoint) {
  TRY(const auto names, files_in(folder));
  for (const std::string& name : names) {
    TRY(SavedFile file, saved_file(folder / name));
    savepoint.files.push_back(std::move(file));
    TRY_DO(sync(folder / name));
  }
  const fs::path manifest = folder / kSavepointManifest;
  std::ofstream stream(manifest, std::ios::binary);
  stream << encode_savepoint(savepoint);
  stream.close();
  if (!stream) return Error(ErrorKind::Unavailable, format("cannot write {}", manifest.string()));
  TRY_DO(sync(manifest));
  return sync(folder);
}

// Swaps what two names stand for, in one step.
Status exchange(const fs::path& left, const fs::path& right) {
  if (::renameat2(AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) == 0) {
    return Done{};
  }
  return done_or(std::error_code(errno, std::generic_category()), "put in place");
}

// The files of a savepoint in a folder of their own, marked as what was restored.
Status unpack(const fs::path& savepoint, const fs::path& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  TRY_DO(done_or(failed, "remove " + folder.string()));
  TRY_DO(make_lasting_folder(*rocksdb::Env::Default(), folder));
  TRY(const auto names, files_in(savepoint));
  for (const std::string& name : names) {
    // Tables are never written again; everything else may be.
    if (name.ends_with(".sst")) {
      fs::create_hard_link(savepoint / name, folder / name, failed);
    } else {
      fs::copy_file(savepoint / name, folder / name, failed);
    }
    TRY_DO(done_or(failed, "copy " + name));
    TRY_DO(sync(folder / name));
  }
  TRY(const auto store, open_alone(folder));
  TRY_DO(store->put(encode_restored(true)));
  return sync(folder);
}

Status fill(const fs::path& part, const CopyImage& copy, Savepoint& savepoint) {
  TRY_DO(copy(part));
  TRY_DO(clean_copy(part, savepoint));
  std::error_code ignored;
  for (const char* left : {"LOCK", "LOG"})
    fs::remove(part / left, ignored);
  return write_manifest(part, savepoint);
}

fs::path unused_name(const fs::path& image) {
  for (int number = 1;; ++number) {
    fs::path name = image;
    name += format(".replaced-{}", number);
    if (!fs::exists(name)) return name;
  }
}

}  // namespace

Result<Savepoint> create_savepoint(const fs::path& state,
                                   std::string_view job,
                                   std::string_view name,
                                   WallTime now,
                                   const CopyImage& copy) {
  TRY_DO(check_name(name));
  const fs::path all = savepoints_folder(state, job);
  const fs::path folder = all / name;
  if (fs::exists(folder)) {
    return Error(ErrorKind::Invalid, format("there is a savepoint {} already", name));
  }
  TRY_DO(make_lasting_folder(*rocksdb::Env::Default(), all));
  std::error_code failed;
  const fs::path part = all / format(".{}.part", name);
  fs::remove_all(part, failed);
  TRY_DO(done_or(failed, "remove " + part.string()));
  Savepoint savepoint{
      .name = std::string(name), .header = {}, .head = {}, .made = now, .files = {}};
  if (Status filled = fill(part, copy, savepoint); !filled) {
    fs::remove_all(part, failed);
    return std::move(filled).error();
  }
  WEIR_CRASH_POINT("savepoint.create.written");
  fs::rename(part, folder, failed);
  TRY_DO(done_or(failed, "name " + folder.string()));
  TRY_DO(sync(all));
  WEIR_CRASH_POINT("savepoint.create.named");
  return savepoint;
}

Result<Savepoint> create_savepoint(const fs::path& state,
                                   std::string_view job,
                                   std::string_view name,
                                   WallTime now) {
  return create_savepoint(state, job, name, now, [&](const fs::path& part) -> Status {
    TRY(const auto store, open_alone(image_folder(state, job)));
    return store->copy_to(part);
  });
}

namespace {

Result<Savepoint> read_manifest(const fs::path& folder) {
  std::ifstream stream(folder / kSavepointManifest, std::ios::binary);
  if (!stream) {
    return Error(ErrorKind::NotFound, format("no savepoint in {}", folder.string()));
  }
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  auto savepoint = decode_savepoint(text);
  if (!savepoint) {
    return std::move(savepoint).error().during((folder / kSavepointManifest).string());
  }
  savepoint->name = folder.filename().string();
  return savepoint;
}

}  // namespace

Result<std::vector<Savepoint>> list_savepoints(const fs::path& state, std::string_view job) {
  auto folders = list_folder(savepoints_folder(state, job));
  if (!folders && folders.error().kind() != ErrorKind::NotFound) return std::move(folders).error();
  std::vector<Savepoint> found;
  for (const fs::path& folder : folders ? *folders : std::vector<fs::path>()) {
    if (folder.filename().string().starts_with('.')) continue;
    TRY(Savepoint savepoint, read_manifest(folder));
    found.push_back(std::move(savepoint));
  }
  return found;
}

Result<Savepoint> inspect_savepoint(const fs::path& folder) {
  TRY(Savepoint savepoint, read_manifest(folder));
  for (const SavedFile& written : savepoint.files) {
    TRY(const SavedFile found, saved_file(folder / written.name));
    if (found.size == written.size && found.checksum == written.checksum) continue;
    return Error(ErrorKind::Corrupt,
                 format("{} is not what was saved", (folder / written.name).string()));
  }
  return savepoint;
}

Result<fs::path> restore_savepoint(const fs::path& state,
                                   std::string_view job,
                                   std::string_view name) {
  TRY_DO(check_name(name));
  const fs::path folder = savepoints_folder(state, job) / name;
  TRY_DO(inspect_savepoint(folder));
  const fs::path image = image_folder(state, job);
  fs::path fresh = image;
  fresh += ".restoring";
  TRY_DO(unpack(folder, fresh));
  WEIR_CRASH_POINT("savepoint.restore.unpacked");
  std::error_code failed;
  if (!fs::exists(image)) {
    fs::rename(fresh, image, failed);
    TRY_DO(done_or(failed, "put in place"));
    TRY_DO(sync(image.parent_path()));
    return fs::path();
  }
  // So that no job starts on the one or the other meanwhile.
  TRY(const HeldImage held, HeldImage::hold(image));
  TRY_DO(exchange(fresh, image));
  WEIR_CRASH_POINT("savepoint.restore.exchanged");
  const fs::path aside = unused_name(image);
  fs::rename(fresh, aside, failed);
  TRY_DO(done_or(failed, "put aside"));
  TRY_DO(sync(image.parent_path()));
  return aside;
}

}  // namespace weir
