// The file:
//
//   generation = 7
//
//   [[job]]
//   name = "enter-cn"
//   class = "label"
//   plugin = "classroom"
//   type = "enter"
//   version = "1.4.0"
//   hash = "sha256:9f86…"
//   build_id = "180a…"
//   graph = "41c5…"
//   parameters = "77e0…"
//   settings = "0b1d…"
//     [[job.state]]
//     uid = "attempts"
//     version = 1
//     form = '{"kind":"aggregate",…}'
//
// Made by `weir apply`; texts are written so that nothing in them needs an escape but in `form`.
#include "rollout/lock.h"

#include <algorithm>

#include "base/format.h"
#include "config/table_reader.h"
#include "config/toml_document.h"
#include "rollout/durable_file.h"

namespace weir {
namespace {

constexpr std::string_view kHashKind = "sha256:";
constexpr std::size_t kHashDigits = 64;

// As a basic string of TOML.
std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      (result += '\\') += letter;
    } else if (byte < 0x20 || byte == 0x7f) {
      result += format("\\u{:04x}", byte);
    } else {
      result += letter;
    }
  }
  return result += '"';
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string read_hash(TableReader& reader) {
  const std::string text = reader.required_text("hash", "sha256: and 64 hex digits").value_or("");
  if (text.empty()) return {};
  const bool is_good = text.starts_with(kHashKind) &&
                       text.size() == kHashKind.size() + kHashDigits &&
                       is_hex(std::string_view(text).substr(kHashKind.size()));
  if (is_good) return text.substr(kHashKind.size());
  reader.add_mistake("hash", in_quotes(text), "sha256: and 64 hex digits");
  return {};
}

std::string required(TableReader& reader, std::string_view key) {
  return reader.required_text(key, "a text").value_or("");
}

// The elements of `key` that are tables, each with a reader; others are mistakes.
template <class Read>
void read_tables(TableReader& reader, std::string_view key, Read read) {
  const TomlEntry* entry = reader.any(key);
  if (!entry) return;
  const auto* list = std::get_if<TomlList>(&entry->node.value);
  if (!list) {
    reader.add_mistake(key, description(entry->node), format("sections [[{}]]", key));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const TomlNode& node = (*list)[i];
    const std::string path = format("{}[{}]", reader.path_of(key), i + 1);
    const auto* table = std::get_if<TomlTable>(&node.value);
    if (!table) {
      reader.mistakes().add(node.position, path, description(node), "a table");
      continue;
    }
    TableReader element(*table, node.position, path, reader.mistakes());
    read(element);
    element.report_unknown_keys();
  }
}

LockedState read_state(TableReader& reader) {
  LockedState state;
  state.uid = required(reader, "uid");
  const auto version = reader.integer("version", {.min = 0, .max = UINT32_MAX});
  state.version = static_cast<std::uint32_t>(version.value_or(0));
  state.form = required(reader, "form");
  return state;
}

LockedJob read_job(TableReader& reader) {
  LockedJob job;
  job.name = required(reader, "name");
  job.job_class = reader.text("class").value_or("");
  job.plugin = required(reader, "plugin");
  job.type = required(reader, "type");
  job.version = required(reader, "version");
  job.hash = read_hash(reader);
  job.build_id = reader.text("build_id").value_or("");
  job.graph = required(reader, "graph");
  job.parameters = required(reader, "parameters");
  job.settings = required(reader, "settings");
  read_tables(
      reader, "state", [&](TableReader& state) { job.states.push_back(read_state(state)); });
  return job;
}

}  // namespace

const LockedJob* Lock::find(std::string_view job) const {
  const auto found = std::ranges::find(jobs, job, &LockedJob::name);
  return found == jobs.end() ? nullptr : &*found;
}

std::string encode_lock(const Lock& lock) {
  std::string text = "# What runs, exactly. Written by `weir apply`; jobs.toml is for people.\n";
  text += format("generation = {}\n", lock.generation);
  for (const LockedJob& job : lock.jobs) {
    const auto add = [&](std::string_view key, std::string_view value) {
      text += format("{} = {}\n", key, toml_text(value));
    };
    text += "\n[[job]]\n";
    add("name", job.name);
    if (!job.job_class.empty()) add("class", job.job_class);
    add("plugin", job.plugin);
    add("type", job.type);
    add("version", job.version);
    add("hash", std::string(kHashKind) + job.hash);
    if (!job.build_id.empty()) add("build_id", job.build_id);
    add("graph", job.graph);
    add("parameters", job.parameters);
    add("settings", job.settings);
    for (const LockedState& state : job.states) {
      text += format("  [[job.state]]\n  uid = {}\n", toml_text(state.uid));
      if (state.version > 0) text += format("  version = {}\n", state.version);
      text += format("  form = {}\n", toml_text(state.form));
    }
  }
  return text;
}

ReadLock read_lock_text(std::string_view text, const std::filesystem::path& path) {
  Mistakes mistakes(path.string());
  ReadLock read;
  const TomlTable document = parse_toml(text, mistakes);
  if (!mistakes.empty()) return {{}, mistakes.take()};
  TableReader file(document, {1, 1}, "", mistakes);
  const auto generation = file.integer("generation", {.min = 1});
  if (!file.any("generation")) file.add_missing("generation", "a number from 1 on");
  read.lock.generation = static_cast<std::uint64_t>(generation.value_or(0));
  read_tables(file, "job", [&](TableReader& reader) {
    LockedJob job = read_job(reader);
    if (!job.name.empty() && read.lock.find(job.name) != nullptr) {
      reader.add_mistake("name", in_quotes(job.name), "a name that no other job has");
    }
    read.lock.jobs.push_back(std::move(job));
  });
  file.report_unknown_keys();
  read.mistakes = mistakes.take();
  return read;
}

ReadLock read_lock(const std::filesystem::path& path) {
  const auto text = read_whole_file(path);
  if (text) return read_lock_text(*text, path);
  if (text.error().kind() == ErrorKind::NotFound) return {};
  Mistakes mistakes(path.string());
  mistakes.add({}, "", text.error().message(), "a lock that can be read");
  return {{}, mistakes.take()};
}

std::filesystem::path lock_path_of(const std::filesystem::path& jobs_file) {
  return std::filesystem::path(jobs_file).replace_extension(".lock");
}

}  // namespace weir
