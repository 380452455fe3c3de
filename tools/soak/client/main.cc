// The Kafka client of the soak: librdkafka and nothing of the host. Numbers in frames are little
// endian.
//
//   soak_client feed BROKERS TOPIC...
//       Produces, each message once. Standard input is frames: topic (one byte, in the order of the
//       command line), partition (one byte), size (four bytes), value. A frame of topic 255 asks
//       for a line "acknowledged" once everything before it is.
//   soak_client read BROKERS PARTITIONS TOPIC...
//       Follows the committed messages of all partitions from their beginning. Standard output is
//       frames: topic, partition, offset (eight bytes), size, value.
//   soak_client watch BROKERS PARTITIONS JOB=TOPIC,TOPIC...
//       Every 100 ms prints for each job "JOB OFFSET..." with the committed offsets of its topics,
//       partition by partition, -1 where there is none; "JOB away REASON" when nobody answers.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "client.h"

int main(int argc, char** argv) {
  const std::map<std::string, int (*)(const std::vector<std::string>&)> commands = {
      {"feed", weir::soak::feed}, {"read", weir::soak::read}, {"watch", weir::soak::watch}};
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto found = words.empty() ? commands.end() : commands.find(words.front());
  if (found == commands.end() || words.size() < 3) {
    std::fprintf(stderr, "soak_client: see the head of tools/soak/client/main.cc\n");
    return 2;
  }
  words.erase(words.begin());
  return found->second(words);
}
