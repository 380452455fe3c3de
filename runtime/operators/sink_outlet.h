#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/gap_meter.h"
#include "connectors/sink.h"
#include "flow/outlet.h"
#include "format/format.h"
#include "operators/message_buffer.h"
#include "operators/message_key.h"
#include "operators/meters.h"

namespace weir {

// A header of every message: its name, and the field whose value it has, as a key of that field.
struct MessageHeader {
  std::string name;
  MessageKey value;
};

// A sink of the job: rows become messages. Behind a barrier or the end it is clear only once the
// writer says that everything is safe; a transactional writer is sealed instead, once it has taken
// everything before the barrier. Until that one's next transaction is open, messages wait here, and
// there is room up to kHeldBytesMax.
class SinkOutlet final : public Outlet {
 public:
  struct Parts {
    std::string uid;
    std::unique_ptr<SinkWriter> writer;
    std::unique_ptr<Encoder> encoder;
    MessageKey key;
    std::vector<MessageHeader> headers;
    OperatorMeter* meter;  // Outlives the outlet.
    bool is_transactional = false;
    GapMeter* gaps = nullptr;  // Between batches of rows; null: nobody asks.
  };

  // What may wait for a transaction to open.
  static constexpr std::size_t kHeldBytesMax = 32 << 20;

  explicit SinkOutlet(Parts parts);

  void push(StreamItem item) override;
  Result<bool> drain() override;

 private:
  Result<bool> write();
  Result<bool> flush();
  bool seal();

  Parts parts_;
  MessageBuffer waiting_;
  bool must_flush_ = false;
  // Transactional: what stands behind the messages that wait.
  std::optional<std::uint64_t> barrier_;
  bool is_ending_ = false;
};

}  // namespace weir
