#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "generator.h"

namespace weir::datagen {

// Takes the lines. The first failure is kept and returned by finish().
class Output {
 public:
  virtual ~Output() = default;
  virtual void add(const Line& line) = 0;
  // Nothing of what was added waits for more.
  virtual void push() = 0;

  // Everything is on disk or acknowledged when it returns an empty text, otherwise what went wrong.
  virtual std::string finish() = 0;
};

// DIR/STREAM-PARTITION.jsonl, one record a line. DIR exists.
std::unique_ptr<Output> file_output(const std::string& directory,
                                    const std::vector<std::string>& streams,
                                    std::uint32_t partitions);

struct KafkaSettings {
  std::string brokers;
  std::string compression;
  std::string linger;  // ms
};

// One topic per stream, which exist and have enough partitions. Null if the client cannot be made;
// the reason is on stderr.
std::unique_ptr<Output> kafka_output(const KafkaSettings& wanted,
                                     const std::vector<std::string>& topics,
                                     std::uint32_t partitions);

}  // namespace weir::datagen
