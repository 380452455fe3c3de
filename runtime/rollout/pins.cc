#include "rollout/pins.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

#include "base/format.h"
#include "config/mistake.h"
#include "config/toml_document.h"

namespace weir {
namespace {

const TomlEntry* find_entry(const TomlTable& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &TomlEntry::key);
  return found == table.end() ? nullptr : &*found;
}

std::string text_at(const TomlTable& table, std::string_view key) {
  const TomlEntry* entry = find_entry(table, key);
  const auto* text = entry ? std::get_if<std::string>(&entry->node.value) : nullptr;
  return text ? *text : std::string();
}

Result<std::vector<TomlTable>> job_tables(std::string_view jobs_text) {
  Mistakes mistakes("jobs.toml");
  TomlTable document = parse_toml(jobs_text, mistakes);
  if (!mistakes.empty()) return Error(ErrorKind::Invalid, text(mistakes.take().front()));
  std::vector<TomlTable> tables;
  const TomlEntry* jobs = find_entry(document, "job");
  const auto* list = jobs ? std::get_if<TomlList>(&jobs->node.value) : nullptr;
  if (!list) return tables;
  for (const TomlNode& node : *list) {
    if (const auto* table = std::get_if<TomlTable>(&node.value)) tables.push_back(*table);
  }
  return tables;
}

// Columns count letters, not bytes.
std::optional<std::size_t> offset_of(std::string_view text, TextPosition position) {
  std::size_t offset = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) {
    offset = text.find('\n', offset);
    if (offset == std::string_view::npos) return std::nullopt;
    ++offset;
  }
  for (std::uint32_t column = 1; column < position.column; ++column) {
    do {
      if (++offset >= text.size()) return std::nullopt;
    } while ((static_cast<unsigned char>(text[offset]) & 0xc0U) == 0x80U);
  }
  return offset;
}

// A text on one line in quotes that starts at `offset`: where it ends; nothing: there is none.
std::optional<std::size_t> end_of_text(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return std::nullopt;
  const char quote = text[offset];
  if (quote != '"' && quote != '\'') return std::nullopt;
  if (text.substr(offset + 1, 2) == std::string(2, quote)) return std::nullopt;
  for (std::size_t at = offset + 1; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == quote) return at + 1;
    if (quote == '"' && text[at] == '\\') ++at;
  }
  return std::nullopt;
}

// What goes in the place of the bytes between two offsets.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

Result<Edit> edit_of(std::string_view jobs_text, const TomlTable& job, std::string_view version) {
  const std::string pin = format("\"={}\"", version);
  const Error odd(
      ErrorKind::Invalid,
      format("job {} is written so that its version cannot be edited", text_at(job, "name")));
  if (const TomlEntry* entry = find_entry(job, "version")) {
    const auto begin = offset_of(jobs_text, entry->node.position);
    const auto end = begin ? end_of_text(jobs_text, *begin) : std::nullopt;
    if (!end) return odd;
    return Edit{*begin, *end, pin};
  }
  const TomlEntry* plugin = find_entry(job, "plugin");
  const auto key = plugin ? offset_of(jobs_text, plugin->position) : std::nullopt;
  const auto value = plugin ? offset_of(jobs_text, plugin->node.position) : std::nullopt;
  const auto end = value ? end_of_text(jobs_text, *value) : std::nullopt;
  if (!key || !end) return odd;
  const std::size_t line = jobs_text.rfind('\n', *key) + 1;  // 0 on the first line.
  const std::string_view indent = jobs_text.substr(line, *key - line);
  if (indent.find_first_not_of(" \t") != std::string_view::npos) return odd;
  const std::size_t line_end = std::min(jobs_text.find('\n', *end), jobs_text.size());
  return Edit{line_end, line_end, format("\n{}version = {}", indent, pin)};
}

}  // namespace

Result<std::vector<WrittenJob>> written_jobs(std::string_view jobs_text) {
  TRY(const auto tables, job_tables(jobs_text));
  std::vector<WrittenJob> jobs;
  for (const TomlTable& table : tables) {
    jobs.push_back({.name = text_at(table, "name"),
                    .job_class = text_at(table, "class"),
                    .plugin = text_at(table, "plugin"),
                    .version = text_at(table, "version")});
  }
  return jobs;
}

Result<std::string> pin_version(std::string_view jobs_text,
                                const std::vector<std::string>& jobs,
                                std::string_view version) {
  TRY(const auto tables, job_tables(jobs_text));
  std::vector<Edit> edits;
  for (const std::string& job : jobs) {
    const auto table = std::ranges::find_if(
        tables, [&](const TomlTable& each) { return text_at(each, "name") == job; });
    if (table == tables.end()) return Error(ErrorKind::Invalid, format("there is no job {}", job));
    TRY(Edit edit, edit_of(jobs_text, *table, version));
    edits.push_back(std::move(edit));
  }
  // From behind, so that what is in front stays where it is.
  std::ranges::sort(edits, std::ranges::greater(), &Edit::begin);
  std::string edited(jobs_text);
  for (const Edit& edit : edits)
    edited.replace(edit.begin, edit.end - edit.begin, edit.text);
  return edited;
}

bool matches_glob(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t star = std::string_view::npos;  // The last '*', and what it stands for at most.
  std::size_t after_star = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      after_star = in_name;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[in_name])) {
      ++at;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

Result<std::vector<std::size_t>> read_waves(std::string_view text, std::size_t count) {
  std::vector<std::size_t> waves;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    std::string_view wave = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const bool is_share = wave.ends_with('%');
    if (is_share) wave.remove_suffix(1);
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(wave.data(), wave.data() + wave.size(), number);
    const bool is_good = problem == std::errc() && end == wave.data() + wave.size() && number > 0 &&
                         number <= (is_share ? 100 : 1'000'000);
    if (!is_good) {
      return Error(ErrorKind::Invalid,
                   format("waves are numbers and shares like 1,10%,100%, not {}", text));
    }
    const std::size_t reached = std::min(count, is_share ? (count * number + 99) / 100 : number);
    if (waves.empty() || reached > waves.back()) waves.push_back(reached);
  }
  if (waves.empty() || waves.back() < count) waves.push_back(count);
  return waves;
}

}  // namespace weir
