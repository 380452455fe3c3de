#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/file/line_reader.h"
#include "connectors/file/split_finder.h"
#include "connectors/source.h"

namespace weir::file {

struct SourceOptions {
  std::string path = {};  // Or pattern.
  bool follow = false;
  std::size_t line_max = 64 << 20;
};

// The lines of files; each file is a split, its position a byte. There is nowhere to commit to.
class LinesSource final : public Source {
 public:
  // `clock` outlives the source and its readers.
  LinesSource(SourceOptions options, const Clock& clock);

  Result<std::vector<std::unique_ptr<SourceReader>>> open_readers(
      std::size_t count, std::span<const SplitPosition> restored) override;
  Status commit(std::span<const SplitPosition> positions) override;

 private:
  SourceOptions options_;
  const Clock& clock_;
};

}  // namespace weir::file
