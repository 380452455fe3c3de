#pragma once

#include <memory>
#include <string>
#include <vector>

#include <weir/sdk.h>

namespace bench {

struct MemoryOptions {
  std::string prefix;
};
WEIR_OPTIONS(MemoryOptions, (prefix, "files PREFIX-N.jsonl, one for each split"))

// Files of JSON lines, read as a whole before the first record, so that reading costs nothing
// later. Logs what the process has used up to then as "loaded cpu_s=SECONDS", and at its end, when
// the files are still there, "done cpu_s=SECONDS".
class Memory final : public weir::SourceConnector {
 public:
  using Options = MemoryOptions;

  Memory(const Options& options, const weir::ConnectorContext& context);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() override;

  std::vector<std::string> splits() const override;
  std::unique_ptr<weir::SplitReader> open(std::uint32_t split,
                                          std::optional<std::int64_t> position) override;

 private:
  weir::Log log_;
  std::vector<std::string> names_;
  std::vector<std::shared_ptr<const std::string>> files_;  // shared with the readers
};

}  // namespace bench
