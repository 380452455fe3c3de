#include "running_state.h"

#include <filesystem>
#include <utility>

#include <boost/json.hpp>

#include "base/format.h"
#include "checkpoint/image_lock.h"
#include "checkpoint/savepoint_manifest.h"
#include "checkpoint/state_folder.h"
#include "remote.h"
#include "state_place.h"

namespace weir {
namespace {

// Names in addresses are plain.
bool fits_address(const std::string& name) {
  return !name.empty() && name.find_first_of("/?#% ") == std::string::npos;
}

Result<std::string> tell_of_job(const Arguments& arguments,
                                const std::string& job,
                                const std::string& what) {
  if (!fits_address(job)) return Error(ErrorKind::NotFound, "no job " + job);
  auto told = tell_host(arguments, "/v1/jobs/" + job + "/" + what);
  if (told || told.error().kind() != ErrorKind::Unavailable || arguments.has("http")) return told;
  const auto holder = image_holder(image_folder(state_directory(arguments), job));
  if (!holder) return told;
  return Error(ErrorKind::Unavailable,
               format("process {} has the state of {} open, and its host was asked: {} (--http "
                      "ADDRESS says where it listens)",
                      *holder,
                      job,
                      told.error().message()));
}

}  // namespace

bool is_with_host(const Arguments& arguments, const std::string& job) {
  return arguments.has("http") || image_holder(image_folder(state_directory(arguments), job));
}

Result<Savepoint> save_running(const Arguments& arguments,
                               const std::string& job,
                               const std::string& savepoint) {
  if (!fits_address(savepoint)) {
    return Error(ErrorKind::Invalid, "not a name of a savepoint: " + savepoint);
  }
  TRY(const std::string manifest, tell_of_job(arguments, job, "savepoints/" + savepoint));
  TRY(Savepoint made, decode_savepoint(manifest).during("answer of the host"));
  made.name = savepoint;
  return made;
}

Result<std::unique_ptr<StoredState>> open_running(const Arguments& arguments,
                                                  const std::string& job) {
  TRY(const std::string answer, tell_of_job(arguments, job, "copies"));
  boost::system::error_code problem;
  const boost::json::value document = boost::json::parse(answer, problem);
  const auto* object = problem ? nullptr : document.if_object();
  const auto* folder = object ? object->if_contains("folder") : nullptr;
  if (!folder || !folder->is_string()) {
    return Error(ErrorKind::Incompatible, "answer of the host: no folder");
  }
  return open_copied_state(std::string(folder->get_string()));
}

}  // namespace weir
