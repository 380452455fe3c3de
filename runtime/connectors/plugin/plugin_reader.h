#pragma once

#include <memory>
#include <vector>

#include "connectors/plugin/plugin_source.h"

namespace weir::plugin_port {

// Some splits of a source connector. What the plugin hands over is not trusted: what breaks the
// contract is an error that names connector and split.
class PluginReader final : public SourceReader {
 public:
  explicit PluginReader(std::shared_ptr<SourceInstance> instance);
  ~PluginReader() override;
  PluginReader(const PluginReader&) = delete;
  PluginReader& operator=(const PluginReader&) = delete;

  // -1: from the beginning. On the job's thread.
  Status open(std::uint32_t split, std::int64_t position);

  Result<std::size_t> poll(std::size_t records_max, RecordIntake& intake) override;
  std::span<const Split> splits() const override { return splits_; }
  bool has_ended() const override;
  std::vector<SplitPosition> positions() const override;

 private:
  // The position is kept from poll to poll: a plugin is asked only where an error can be told.
  struct Open {
    weir_split_reader* table;
    std::int64_t position;
  };

  Result<std::size_t> poll_split(std::size_t index, std::uint32_t count_max, RecordIntake& intake);
  Status read_position(Open& reader) const;

  std::shared_ptr<SourceInstance> instance_;
  // Same index.
  std::vector<Split> splits_;
  std::vector<Open> readers_;
  std::size_t next_ = 0;  // The split whose turn it is.
};

}  // namespace weir::plugin_port
