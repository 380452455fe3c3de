#include "checkpoint/image_metadata.h"

#include "base/format.h"
#include "checkpoint/byte_text.h"

namespace weir {

Status ImageMetadata::take(std::string_view key, std::string_view value) {
  TRY(const OpenedRecord record, open_record(key, value));
  if (record.kind == "header") {
    TRY(header_, decode_header(record.body));
    return Done{};
  }
  if (record.kind == "head") {
    TRY(head_, decode_head(record.body));
    return Done{};
  }
  if (record.kind == "drops") {
    TRY(drops_, decode_drops(record.body));
    return Done{};
  }
  if (record.kind == "restored") {
    TRY(is_restored_, decode_restored(record.body));
    return Done{};
  }
  ByteReader rest(record.rest);
  const auto number = rest.number<std::uint32_t>();
  if (number && record.kind == "operator") {
    TRY(operators_[*number], decode_operator(record.body));
    return Done{};
  }
  if (number && record.kind == "note") {
    TRY((notes_[{*number, std::string(rest.rest())}]), decode_note(record.body));
    return Done{};
  }
  return Error(ErrorKind::Corrupt, metadata_name(key));
}

std::optional<std::uint32_t> ImageMetadata::number_of(std::string_view uid) const {
  for (const auto& [number, stored] : operators_) {
    if (stored.uid == uid) return number;
  }
  return std::nullopt;
}

std::uint32_t ImageMetadata::next_number() const {
  return operators_.empty() ? 1 : operators_.rbegin()->first + 1;
}

std::vector<std::string> ImageMetadata::notes(std::uint32_t operator_number,
                                              std::string_view name) const {
  const auto found = notes_.find({operator_number, std::string(name)});
  return found == notes_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace weir
