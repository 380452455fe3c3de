#pragma once

#include <memory>
#include <string>

#include "connectors/sink.h"
#include "flow/outlet.h"
#include "format/format.h"
#include "operators/message_buffer.h"
#include "operators/message_key.h"
#include "operators/meters.h"

namespace weir {

// A sink of the job: rows become messages. Behind a barrier or the end it is clear only once the
// writer says that everything is safe.
class SinkOutlet final : public Outlet {
 public:
  struct Parts {
    std::string uid;
    std::unique_ptr<SinkWriter> writer;
    std::unique_ptr<Encoder> encoder;
    MessageKey key;
    OperatorMeter* meter;  // Outlives the outlet.
  };

  explicit SinkOutlet(Parts parts) : parts_(std::move(parts)) {}

  void push(StreamItem item) override;
  Result<bool> drain() override;

 private:
  Result<bool> write_and_flush();

  Parts parts_;
  MessageBuffer waiting_;
  bool must_flush_ = false;
};

}  // namespace weir
