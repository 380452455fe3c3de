#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "checkpoint/image_metadata.h"
#include "checkpoint/state_image.h"

namespace weir {

// What an operator's entries look like, by uid: what describe() was told.
using LayoutsByUid = std::map<std::string, std::string, std::less<>>;

// An epoch, worked out against what the image holds: what to write, in the order of its keys. Lends
// from the delta.
class EpochRecords final {
 public:
  struct Entry {
    std::uint64_t key_start;  // The first bytes of the key, as a number that sorts like them.
    std::int64_t section;
    std::uint32_t operator_number;
    std::uint32_t delta;  // Place in EpochDelta::operators, and in its entries.
    std::uint32_t entry;
    std::uint16_t group;
    std::uint8_t layout;
  };

  EpochRecords(const EpochDelta& delta, const ImageMetadata& metadata, const LayoutsByUid& layouts);

  const std::vector<MetadataRecord>& metadata() const { return metadata_; }
  // Ascending, each place once.
  const std::vector<Entry>& entries() const { return entries_; }

  StatePlace place(const Entry& entry) const;
  std::string_view value(const Entry& entry) const;

 private:
  struct Numbered {
    std::uint32_t number = 0;
    StoredOperator stored;
    bool is_changed = false;
    std::uint8_t layout = 0;  // Of what is written now.
  };

  Numbered& numbered(const std::string& uid, const LayoutsByUid& layouts);
  void take_metadata(const LayoutsByUid& layouts);
  void take_entries();

  const EpochDelta& delta_;
  const ImageMetadata& known_;
  std::map<std::string, Numbered, std::less<>> operators_;
  std::uint32_t next_number_;
  std::vector<MetadataRecord> metadata_;
  std::vector<Entry> entries_;
};

}  // namespace weir
