#include "rollout/journal.h"

#include "rollout/durable_file.h"
#include "rollout/json_reader.h"

namespace weir {

namespace json = boost::json;

std::string encode_journal(const Journal& journal) {
  const json::object made = {{"weir_journal", 1},
                             {"rewrites_jobs", journal.rewrites_jobs},
                             {"entry", encode_entry(journal.entry)}};
  return json::serialize(made) + '\n';
}

Result<Journal> decode_journal(std::string_view text) {
  const Error broken(ErrorKind::Corrupt, "this is no journal of an apply");
  json::error_code failed;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return broken;
  JsonReader reader(parsed);
  if (reader.number("weir_journal") != 1) return broken;
  Journal journal;
  journal.rewrites_jobs = reader.boolean("rewrites_jobs");
  const std::string line = reader.text("entry");
  if (reader.is_broken()) return broken;
  TRY(journal.entry, decode_entry(line));
  return journal;
}

Result<std::optional<Journal>> read_journal(const RolloutFolder& folder) {
  const auto text = read_whole_file(folder.journal());
  if (!text && text.error().kind() == ErrorKind::NotFound) return std::optional<Journal>();
  if (!text) return text.error();
  TRY(Journal journal, decode_journal(*text).during(folder.journal().string()));
  return std::optional<Journal>(std::move(journal));
}

Status write_journal(const RolloutFolder& folder, const Journal& journal) {
  return write_durably(folder.journal(), encode_journal(journal));
}

}  // namespace weir
