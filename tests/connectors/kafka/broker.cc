#include "connectors/kafka/broker.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "base/check.h"
#include "base/format.h"

namespace weir::kafka {
namespace {

constexpr int kAnswerMs = 20'000;

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  CHECK(!line.empty(), path);
  return line;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  CHECK(value != nullptr, format("{} is not set: see tests/e2e/CMakeLists.txt", name));
  return value;
}

// Sends an admin question and waits until it is done.
template <class Send>
void ask(rd_kafka_t* client, Send send) {
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  send(queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kAnswerMs);
  CHECK(event != nullptr, "the broker does not answer");
  CHECK(rd_kafka_event_error(event) == 0, rd_kafka_event_error_string(event));
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
}

}  // namespace

std::string run(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  CHECK(pipe != nullptr, command);
  std::string output;
  std::array<char, 65536> buffer = {};
  std::size_t size = 0;
  while ((size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    output.append(buffer.data(), size);
  }
  CHECK(pclose(pipe) == 0, command);
  return output;
}

std::vector<std::string> numbered(std::string_view prefix, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i)
    texts.push_back(format("{}{}", prefix, i));
  return texts;
}

Broker::Broker() : Broker(environment("WEIR_KAFKA")) {}

Broker::Broker(std::string folder)
    : folder_(std::move(folder)), address_(first_line(folder_ + "/bootstrap")) {}

Broker::~Broker() {
  if (admin_) rd_kafka_destroy(admin_);
}

std::string Broker::sasl_address() const {
  return first_line(folder_ + "/sasl");
}

std::string Broker::ssl_address() const {
  return first_line(folder_ + "/ssl");
}

void Broker::kill() const {
  run(environment("WEIR_KAFKA_TOOL") + " kill " + folder_);
}

void Broker::start_again() const {
  run(environment("WEIR_KAFKA_TOOL") + " again " + folder_);
}

rd_kafka_t* Broker::admin() const {
  if (admin_) return admin_;
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  rd_kafka_conf_set(configuration, "bootstrap.servers", address_.c_str(), nullptr, 0);
  rd_kafka_conf_set(configuration, "log_level", "0", nullptr, 0);
  admin_ = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nullptr, 0);
  return admin_;
}

std::string Broker::fresh_name(std::string_view hint) {
  static int count = 0;
  return format("{}.{}.{}", hint, getpid(), ++count);
}

std::string Broker::new_topic(int partitions, std::string_view hint) const {
  const std::string name = fresh_name(hint);
  create_topic(name, partitions);
  return name;
}

void Broker::create_topic(const std::string& name, int partitions) const {
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0);
  ask(admin(), [&](auto* queue) { rd_kafka_CreateTopics(admin(), &topic, 1, nullptr, queue); });
  rd_kafka_NewTopic_destroy(topic);
}

std::string Broker::new_topic_of_small_messages(int bytes_max) const {
  const std::string name = fresh_name("small");
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), 1, 1, nullptr, 0);
  rd_kafka_NewTopic_set_config(topic, "max.message.bytes", std::to_string(bytes_max).c_str());
  ask(admin(), [&](auto* queue) { rd_kafka_CreateTopics(admin(), &topic, 1, nullptr, queue); });
  rd_kafka_NewTopic_destroy(topic);
  return name;
}

void Broker::delete_topic(const std::string& name) const {
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name.c_str());
  ask(admin(), [&](auto* queue) { rd_kafka_DeleteTopics(admin(), &topic, 1, nullptr, queue); });
  rd_kafka_DeleteTopic_destroy(topic);
}

void Broker::add_partitions(const std::string& topic, int total) const {
  rd_kafka_NewPartitions_t* wanted =
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(total), nullptr, 0);
  ask(admin(),
      [&](auto* queue) { rd_kafka_CreatePartitions(admin(), &wanted, 1, nullptr, queue); });
  rd_kafka_NewPartitions_destroy(wanted);
}

void Broker::delete_records(const std::string& topic, int partition, std::int64_t before) const {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = before;
  rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(list);
  ask(admin(), [&](auto* queue) { rd_kafka_DeleteRecords(admin(), &request, 1, nullptr, queue); });
  rd_kafka_DeleteRecords_destroy(request);
  rd_kafka_topic_partition_list_destroy(list);
}

void Broker::produce(const std::string& topic,
                     int partition,
                     const std::vector<std::string>& values,
                     const std::string& options) const {
  const std::string lines = format("{}/{}.lines", folder_, fresh_name("input"));
  std::ofstream file(lines, std::ios::binary);
  for (const std::string& value : values)
    file << value << '\n';
  file.close();
  run(format("kcat -q -P -b {} -t {} -p {} -X linger.ms=20 -X message.max.bytes=20000000 {} -l {}",
             address_,
             topic,
             partition,
             options,
             lines));
  std::remove(lines.c_str());
}

std::vector<std::string> Broker::consume(const std::string& topic,
                                         const std::string& format_text,
                                         const std::string& isolation) const {
  const std::string output =
      run(format("kcat -q -C -e -b {} -t {} -X isolation.level={} -o beginning -f '{}\\n'",
                 address_,
                 topic,
                 isolation,
                 format_text));
  std::vector<std::string> records;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    records.push_back(line);
  return records;
}

std::int64_t Broker::committed(const std::string& group,
                               const std::string& topic,
                               int partition) const {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition);
  rd_kafka_ListConsumerGroupOffsets_t* request =
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(admin());
  rd_kafka_ListConsumerGroupOffsets(admin(), &request, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kAnswerMs);
  CHECK(event != nullptr && rd_kafka_event_error(event) == 0);
  std::size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
  const auto* partitions = rd_kafka_group_result_partitions(groups[0]);
  const std::int64_t offset = partitions->elems[0].offset < 0 ? -1 : partitions->elems[0].offset;
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_ListConsumerGroupOffsets_destroy(request);
  rd_kafka_topic_partition_list_destroy(list);
  return offset;
}

}  // namespace weir::kafka
