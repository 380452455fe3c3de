#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/guarded.h"
#include "connectors/kafka/transactional_producer.h"

namespace weir::kafka {

// Where the writers of a job find the open transaction. Shared by the writers' threads and the
// commit thread.
class TransactionGate final {
 public:
  struct Open {
    std::shared_ptr<TransactionalProducer> producer;  // None: no transaction is open.
    std::uint64_t life = 0;   // Grows with every recovery: what was sealed before counts no more.
    std::uint64_t after = 0;  // For writers that have sealed no later epoch than this in this life.
  };

  Open open() const {
    return open_.with([](const Open& open) { return open; });
  }

  // The first transaction after a recovery.
  void begin_life(std::shared_ptr<TransactionalProducer> producer) {
    open_.with([&](Open& open) { open = {std::move(producer), open.life + 1, 0}; });
  }
  // The one that follows the epoch.
  void open_after(std::uint64_t epoch, std::shared_ptr<TransactionalProducer> producer) {
    open_.with([&](Open& open) { open = {std::move(producer), open.life, epoch}; });
  }
  void close() {
    open_.with([](Open& open) { open.producer.reset(); });
  }

 private:
  Guarded<Open> open_;
};

}  // namespace weir::kafka
