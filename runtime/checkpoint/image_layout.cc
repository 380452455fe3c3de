#include "checkpoint/image_layout.h"

#include <limits>
#include <utility>
#include <xxhash.h>

#include "base/format.h"
#include "checkpoint/byte_text.h"

namespace weir {
namespace {

constexpr std::string_view kKinds[] = {"header", "head", "drops", "restored", "operator", "note"};
constexpr std::size_t kEntryHeadBytes = 1 + 4 + 8 + 2;

std::uint64_t checksum(std::string_view key, std::string_view body) {
  return XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(key.data(), key.size()));
}

MetadataRecord sealed(ByteWriter& key, ByteWriter& body) {
  body.number(checksum(key.bytes(), body.bytes()));
  return {key.take(), body.take()};
}

ByteWriter key_of(std::string_view kind) {
  ByteWriter key;
  key.raw({&kMetadataPrefix, 1}).raw(kind).raw({"\0", 1});
  return key;
}

Error torn(std::string_view what) {
  return Error(ErrorKind::Corrupt, format("{} is not what was written", what));
}

}  // namespace

MetadataRecord encode_header(const ImageHeader& header) {
  ByteWriter key = key_of("header");
  ByteWriter body;
  body.raw(kImageMagic).number(kImageFormat).text(header.job).number(header.key_groups);
  return sealed(key, body);
}

MetadataRecord encode_head(const ImageHead& head) {
  ByteWriter key = key_of("head");
  ByteWriter body;
  body.number(head.epoch).number(static_cast<std::uint32_t>(head.positions.size()));
  for (const SourcePositions& source : head.positions) {
    body.text(source.source).number(static_cast<std::uint32_t>(source.positions.size()));
    for (const SplitPosition& position : source.positions)
      body.text(position.split).signed_number(position.position);
  }
  return sealed(key, body);
}

MetadataRecord encode_drops(const std::vector<StoredDrop>& drops) {
  ByteWriter key = key_of("drops");
  ByteWriter body;
  body.number(static_cast<std::uint32_t>(drops.size()));
  for (const StoredDrop& drop : drops) {
    body.number(drop.operator_number).signed_number(drop.range.section);
    body.number(drop.range.first_group).number(drop.range.group_count);
  }
  return sealed(key, body);
}

MetadataRecord encode_restored(bool is_restored) {
  ByteWriter key = key_of("restored");
  ByteWriter body;
  body.number(static_cast<std::uint8_t>(is_restored));
  return sealed(key, body);
}

MetadataRecord encode_operator(std::uint32_t number, const StoredOperator& stored) {
  ByteWriter key = key_of("operator");
  key.number(number);
  ByteWriter body;
  body.text(stored.uid).number(static_cast<std::uint32_t>(stored.layouts.size()));
  for (const std::string& layout : stored.layouts)
    body.text(layout);
  return sealed(key, body);
}

MetadataRecord encode_note(std::uint32_t number,
                           std::string_view name,
                           const std::vector<std::string>& values) {
  ByteWriter key = key_of("note");
  key.number(number).raw(name);
  ByteWriter body;
  body.number(static_cast<std::uint32_t>(values.size()));
  for (const std::string& value : values)
    body.text(value);
  return sealed(key, body);
}

std::string metadata_name(std::string_view key) {
  ByteReader reader(key.substr(std::min<std::size_t>(key.size(), 1)));
  const std::string_view kind = reader.rest().substr(0, reader.rest().find('\0'));
  for (const std::string_view known : kKinds) {
    if (kind != known) continue;
    (void)reader.raw(kind.size() + 1);
    if (kind != "operator" && kind != "note") return std::string(kind);
    const auto number = reader.number<std::uint32_t>();
    if (!number) break;
    return format("{} {}{}{}", kind, *number, reader.rest().empty() ? "" : " ", reader.rest());
  }
  return "a record of unknown kind";
}

Result<OpenedRecord> open_record(std::string_view key, std::string_view value) {
  if (key.empty() || key.front() != kMetadataPrefix || value.size() < sizeof(std::uint64_t)) {
    return torn(metadata_name(key));
  }
  const std::string_view body = value.substr(0, value.size() - sizeof(std::uint64_t));
  if (ByteReader(value.substr(body.size())).number<std::uint64_t>() != checksum(key, body)) {
    return Error(ErrorKind::Corrupt, format("checksum of {}", metadata_name(key)));
  }
  const std::size_t end = key.find('\0');
  if (end == std::string_view::npos) return torn(metadata_name(key));
  return OpenedRecord{key.substr(1, end - 1), key.substr(end + 1), body};
}

Result<ImageHeader> decode_header(std::string_view body) {
  ByteReader reader(body);
  if (reader.raw(kImageMagic.size()) != kImageMagic) {
    return Error(ErrorKind::Corrupt, "this is no state of a job: magic of header");
  }
  const auto version = reader.number<std::uint32_t>();
  if (!version) return torn("header");
  if (*version != kImageFormat) {
    return Error(ErrorKind::Incompatible,
                 format("state has format {}, this program knows {}", *version, kImageFormat));
  }
  const auto job = reader.text();
  const auto key_groups = reader.number<std::uint16_t>();
  if (!job || !key_groups) return torn("header");
  return ImageHeader{std::string(*job), *key_groups};
}

Result<ImageHead> decode_head(std::string_view body) {
  ByteReader reader(body);
  const auto epoch = reader.number<std::uint64_t>();
  auto sources = reader.number<std::uint32_t>();
  if (!epoch || !sources) return torn("head");
  ImageHead head{.epoch = *epoch, .positions = {}};
  for (; *sources > 0; --*sources) {
    const auto source = reader.text();
    auto splits = reader.number<std::uint32_t>();
    if (!source || !splits) return torn("head");
    SourcePositions positions{.source = std::string(*source), .positions = {}};
    for (; *splits > 0; --*splits) {
      const auto split = reader.text();
      const auto position = reader.signed_number();
      if (!split || !position) return torn("head");
      positions.positions.push_back({std::string(*split), *position});
    }
    head.positions.push_back(std::move(positions));
  }
  return head;
}

Result<std::vector<StoredDrop>> decode_drops(std::string_view body) {
  ByteReader reader(body);
  auto count = reader.number<std::uint32_t>();
  if (!count) return torn("drops");
  std::vector<StoredDrop> drops;
  for (; *count > 0; --*count) {
    const auto number = reader.number<std::uint32_t>();
    const auto section = reader.signed_number();
    const auto first = reader.number<std::uint16_t>();
    const auto groups = reader.number<std::uint16_t>();
    if (!number || !section || !first || !groups) return torn("drops");
    drops.push_back(
        {*number, {.section = *section, .first_group = *first, .group_count = *groups}});
  }
  return drops;
}

Result<bool> decode_restored(std::string_view body) {
  const auto read = ByteReader(body).number<std::uint8_t>();
  if (!read) return torn("restored");
  return *read != 0;
}

Result<StoredOperator> decode_operator(std::string_view body) {
  ByteReader reader(body);
  const auto uid = reader.text();
  auto layouts = reader.number<std::uint32_t>();
  if (!uid || !layouts) return torn("operator");
  StoredOperator stored{.uid = std::string(*uid), .layouts = {}};
  for (; *layouts > 0; --*layouts) {
    const auto layout = reader.text();
    if (!layout) return torn("operator");
    stored.layouts.emplace_back(*layout);
  }
  return stored;
}

Result<std::vector<std::string>> decode_note(std::string_view body) {
  ByteReader reader(body);
  auto count = reader.number<std::uint32_t>();
  if (!count) return torn("note");
  std::vector<std::string> values;
  for (; *count > 0; --*count) {
    const auto value = reader.text();
    if (!value) return torn("note");
    values.emplace_back(*value);
  }
  return values;
}

std::string entry_key(std::uint32_t operator_number, const StatePlace& place) {
  return group_begin(operator_number, place.section, place.group).append(place.key);
}

std::string operator_begin(std::uint32_t operator_number) {
  return ByteWriter().raw({&kEntryPrefix, 1}).number(operator_number).take();
}

std::string group_begin(std::uint32_t operator_number, std::int64_t section, std::uint32_t group) {
  if (group <= std::numeric_limits<std::uint16_t>::max()) {
    ByteWriter key;
    key.raw({&kEntryPrefix, 1}).number(operator_number).signed_number(section);
    return key.number(static_cast<std::uint16_t>(group)).take();
  }
  if (section == std::numeric_limits<std::int64_t>::max())
    return operator_begin(operator_number + 1);
  return group_begin(operator_number, section + 1, 0);
}

Result<StatePlace> decode_place(std::string_view key) {
  ByteReader reader(key);
  if (key.size() < kEntryHeadBytes || reader.raw(1) != std::string_view(&kEntryPrefix, 1)) {
    return torn("the place of an entry");
  }
  (void)reader.number<std::uint32_t>();
  StatePlace place;
  place.section = *reader.signed_number();
  place.group = *reader.number<std::uint16_t>();
  place.key = reader.rest();
  return place;
}

}  // namespace weir
