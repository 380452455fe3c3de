#include "rollout/wanted_jobs.h"

#include <map>
#include <utility>

#include "base/check.h"
#include "base/format.h"
#include "checkpoint/state_form.h"
#include "job/state_forms.h"
#include "plugin/elf.h"
#include "plugin/plugin.h"
#include "rollout/durable_file.h"
#include "rollout/fingerprints.h"

namespace weir {
namespace {

struct ReadPlugin {
  PluginDescription description;
  std::string hash;
  std::string build_id;
  std::string refusal;
};

Result<ReadPlugin> read_plugin(const std::filesystem::path& path, const WantedPorts& ports) {
  ReadPlugin read;
  TRY(read.hash, ports.hash_file(path));
  TRY(const std::string bytes, read_whole_file(path));
  TRY(read.description, read_manifest(path));
  read.build_id = read_build_id(bytes);
  if (ports.judge_file) read.refusal = ports.judge_file(path);
  return read;
}

}  // namespace

std::vector<LockedState> locked_states(const JobDescription& job) {
  std::vector<LockedState> states;
  for (const OperatorDescription& op : job.operators) {
    const auto form = state_form_of(job, op);
    if (!form || form->kind == StateForm::Kind::Splits) continue;
    states.push_back({op.uid, op.state ? op.state->version : 0, encode_form(*form)});
  }
  return states;
}

Result<std::vector<WantedJob>> wanted_jobs(const LoadedJobs& loaded,
                                           const std::filesystem::path& folder,
                                           const WantedPorts& ports) {
  CHECK(loaded.mistakes.empty());
  std::map<std::filesystem::path, ReadPlugin> plugins;
  std::vector<WantedJob> wanted;
  for (const JobSpec& spec : loaded.jobs.jobs) {
    auto plugin = plugins.find(spec.plugin_path);
    if (plugin == plugins.end()) {
      TRY(ReadPlugin read, read_plugin(spec.plugin_path, ports).during("job " + spec.name));
      plugin = plugins.emplace(spec.plugin_path, std::move(read)).first;
    }
    const ReadPlugin& read = plugin->second;
    const JobDescription* job = read.description.find_job(spec.type);
    if (job == nullptr) {
      return Error(
          ErrorKind::Unavailable,
          format("job {}: {} changed while it was read", spec.name, spec.plugin_path.string()));
    }
    wanted.push_back({.locked = {.name = spec.name,
                                 .job_class = spec.job_class,
                                 .plugin = spec.plugin,
                                 .type = spec.type,
                                 .version = read.description.version,
                                 .hash = read.hash,
                                 .build_id = read.build_id,
                                 .graph = graph_fingerprint(*job),
                                 .parameters = parameters_fingerprint(*job, spec),
                                 .settings = settings_fingerprint(spec, loaded.secrets, folder),
                                 .states = locked_states(*job)},
                      .refusal = read.refusal,
                      .keeps_positions = !ports.keeps_positions || ports.keeps_positions(spec)});
  }
  return wanted;
}

}  // namespace weir
