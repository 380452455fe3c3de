// How an image lies in its database: one sorted map from bytes to bytes. Numbers are big-endian,
// texts in metadata have their size (u32) in front.
//
//   metadata   'm' name                                       → body  checksum:u64
//     "header"                          magic "weir-img"  format:u32  job  key_groups:u16
//     "head"                            epoch:u64  sources:u32 ( source  splits:u32 ( split
//                                       position:i64 )* )*
//     "drops"                           of the last epoch: count:u32 ( operator:u32  section:i64
//                                       first_group:u16  group_count:u16 )*
//     "restored"                        u8: 1 from when it was restored until its next epoch
//     "operator" operator:u32           uid  layouts:u32 ( layout )*
//     "note" operator:u32 name          count:u32 ( text )*
//   entries    's' operator:u32 section:i64 group:u16 key     → layout:u8  value
//
// The checksum (XXH3) covers key and body; entries rely on those of the database's blocks. A
// section is one range of keys, and so are neighbouring key groups of a section. Section numbers
// are biased, so that they sort as numbers. A layout is the 1-based place in its operator's list;
// 0: not described.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/transaction.h"
#include "state/state_delta.h"

namespace weir {

inline constexpr std::string_view kImageMagic = "weir-img";
inline constexpr std::uint32_t kImageFormat = 1;
inline constexpr char kMetadataPrefix = 'm';
inline constexpr char kEntryPrefix = 's';

struct ImageHeader {
  std::string job;
  std::uint16_t key_groups = 0;
};

struct ImageHead {
  std::uint64_t epoch = 0;
  std::vector<SourcePositions> positions;
};

struct StoredDrop {
  std::uint32_t operator_number = 0;
  StateDelta::Drop range = {};
};

struct StoredOperator {
  std::string uid;
  std::vector<std::string> layouts;  // What entries look like, in the order of their coming.
};

// A record of metadata.
struct MetadataRecord {
  std::string key;
  std::string value;
};

MetadataRecord encode_header(const ImageHeader& header);
MetadataRecord encode_head(const ImageHead& head);
MetadataRecord encode_drops(const std::vector<StoredDrop>& drops);
MetadataRecord encode_restored(bool is_restored);
MetadataRecord encode_operator(std::uint32_t number, const StoredOperator& stored);
MetadataRecord encode_note(std::uint32_t number,
                           std::string_view name,
                           const std::vector<std::string>& values);

// Names a record in messages: `note 3 watermark`.
std::string metadata_name(std::string_view key);

// What stands between prefix and checksum, after the checksum was compared.
struct OpenedRecord {
  std::string_view kind;  // "header", "head", …
  std::string_view rest;  // Of the key.
  std::string_view body;
};
Result<OpenedRecord> open_record(std::string_view key, std::string_view value);

// All of them: Corrupt, when the body is not what was encoded; decode_header: Incompatible, when a
// newer program wrote it.
Result<ImageHeader> decode_header(std::string_view body);
Result<ImageHead> decode_head(std::string_view body);
Result<std::vector<StoredDrop>> decode_drops(std::string_view body);
Result<bool> decode_restored(std::string_view body);
Result<StoredOperator> decode_operator(std::string_view body);
Result<std::vector<std::string>> decode_note(std::string_view body);

// The keys of entries.
std::string entry_key(std::uint32_t operator_number, const StatePlace& place);
std::string operator_begin(std::uint32_t operator_number);
// The first key of a key group of a section; `group` may be one past the last.
std::string group_begin(std::uint32_t operator_number, std::int64_t section, std::uint32_t group);

// The place of an entry whose operator is known. Corrupt, when the key is none.
Result<StatePlace> decode_place(std::string_view key);

}  // namespace weir
