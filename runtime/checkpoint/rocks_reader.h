// Knows RocksDB: not for other folders.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

#include "checkpoint/image_metadata.h"
#include "checkpoint/stored_state.h"
#include "state/state_delta.h"

namespace weir {

// Everything committed that is not an entry.
Result<ImageMetadata> read_metadata(rocksdb::DB& database);

struct EntryGroups {
  std::uint32_t first = 0;
  std::uint32_t count = std::numeric_limits<std::uint16_t>::max() + 1;
};

// Every entry of an operator in these key groups.
Status read_entries(rocksdb::DB& database,
                    std::uint32_t operator_number,
                    EntryGroups groups,
                    EntryIntake& intake);

// Reads the entries of one operator from a database that outlives it.
class RocksReader final : public StateReader {
 public:
  // Without a database: the image could not be opened anew. Without a number: of an operator that
  // the image does not know.
  RocksReader(rocksdb::DB* database,
              const ImageMetadata& metadata,
              std::optional<std::uint32_t> operator_number)
      : database_(database), metadata_(metadata), number_(operator_number) {}

  Status read(std::uint16_t first, std::uint16_t count, StateIntake& intake) override;
  std::vector<std::string> notes(std::string_view name) const override;
  std::vector<std::string> forms() const override;

 private:
  rocksdb::DB* database_;
  const ImageMetadata& metadata_;
  std::optional<std::uint32_t> number_;
};

}  // namespace weir
