#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

namespace weir::kafka {

// A real broker as a test sees it: topics are made by the client's admin calls, records are
// written and read by kcat, which comes with a client of its own.
class Broker final {
 public:
  // The one that is shared by the tests of a run (its folder is in WEIR_KAFKA), or another.
  Broker();
  explicit Broker(std::string folder);
  ~Broker();

  const std::string& address() const { return address_; }
  std::string sasl_address() const;
  // Where it speaks TLS, and the file of the certificate that it shows.
  std::string ssl_address() const;
  std::string certificate() const { return folder_ + "/certificate.pem"; }

  // SIGKILL, and the start after it. Only for the shared one.
  void kill() const;
  void start_again() const;

  // A name that no other test uses, and a topic of it.
  static std::string fresh_name(std::string_view hint);
  std::string new_topic(int partitions, std::string_view hint = "topic") const;
  void create_topic(const std::string& name, int partitions) const;
  // Of one partition, which takes no message larger than this.
  std::string new_topic_of_small_messages(int bytes_max) const;
  void delete_topic(const std::string& name) const;
  void add_partitions(const std::string& topic, int total) const;
  // Those before the offset.
  void delete_records(const std::string& topic, int partition, std::int64_t before) const;

  // Appends values without line ends, in this order; `options` are more words for kcat.
  void produce(const std::string& topic,
               int partition,
               const std::vector<std::string>& values,
               const std::string& options = {}) const;
  // All committed records of the topic, as kcat's format says ("%p %o %k %s").
  std::vector<std::string> consume(const std::string& topic,
                                   const std::string& format,
                                   const std::string& isolation = "read_committed") const;
  // Committed position, -1 when there is none.
  std::int64_t committed(const std::string& group, const std::string& topic, int partition) const;

 private:
  rd_kafka_t* admin() const;

  std::string folder_;
  std::string address_;
  mutable rd_kafka_t* admin_ = nullptr;
};

// Runs a command of the shell, which must succeed; returns what it printed.
std::string run(const std::string& command);

// "prefix0" up to "prefixN-1".
std::vector<std::string> numbered(std::string_view prefix, int count);

}  // namespace weir::kafka
