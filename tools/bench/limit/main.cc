// The jobs of the benchmark as one would write them by hand, over the same client and the same
// parser.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cogroup.h"
#include "kafka_input.h"
#include "kafka_rows.h"
#include "memory_input.h"
#include "meter.h"
#include "tumble.h"

namespace weir::limit {
namespace {

constexpr std::string_view kUsage =
    R"(usage: bench-limit --job tumble|cogroup INPUT

INPUT is --dir DIR or --brokers HOST:PORT --topic T --partitions N.

  --stream NAME      of the files, tumble only (telemetry)
  --consume MODE     callback or batch (callback)
  --output TOPIC     write the rows of tumble there (count them)
  --property K=V     of the consuming client
Prints {"records", "cpu_s", "wall_s", "rows", "rss_mb"} from the first record to the last row.
)";

using Values = std::map<std::string, std::string, std::less<>>;

bool read(int count, char** arguments, Values& values) {
  for (int i = 1; i + 1 < count; i += 2) {
    const auto found = values.find(std::string_view(arguments[i]));
    if (found == values.end()) return false;
    found->second = arguments[i + 1];
  }
  return count % 2 == 1;
}

std::unique_ptr<Job> make_job(const Values& values, std::uint32_t partitions, KafkaRows* rows) {
  if (values.at("--job") == "cogroup") return std::make_unique<CoGroup>(partitions);
  RowSink sink;
  if (rows != nullptr) {
    sink = [rows](std::string_view key, std::string_view json) { rows->add(key, json); };
  }
  return std::make_unique<Tumble>(partitions, std::move(sink));
}

int run_memory(const Values& values, KafkaRows* rows) {
  std::vector<std::string> streams = {values.at("--stream")};
  if (values.at("--job") == "cogroup") streams = {"audio", "video"};
  MemoryInput input(values.at("--dir"), streams);
  if (input.partitions() == 0) return EXIT_FAILURE;
  const auto job = make_job(values, input.partitions(), rows);
  const Meter meter;
  const auto records = input.run(*job);
  const bool is_complete = rows == nullptr || rows->finish();
  meter.report(records, job->rows());
  return is_complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run_kafka(const Values& values, KafkaRows* rows) {
  KafkaInputOptions options;
  options.brokers = values.at("--brokers");
  options.topic = values.at("--topic");
  options.partitions = static_cast<std::uint32_t>(std::atoi(values.at("--partitions").c_str()));
  if (values.at("--consume") == "batch") options.consumption = Consumption::Batch;
  if (!values.at("--property").empty()) options.properties.push_back(values.at("--property"));
  const Meter meter;
  KafkaInput input(options);
  if (!input.is_open()) return EXIT_FAILURE;
  const auto job = make_job(values, options.partitions, rows);
  const auto records = input.run(*job);
  const bool is_complete = rows == nullptr || rows->finish();
  meter.report(records, job->rows());
  return is_complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run(int count, char** arguments) {
  Values values = {{"--job", "tumble"},
                   {"--dir", ""},
                   {"--stream", "telemetry"},
                   {"--brokers", ""},
                   {"--topic", ""},
                   {"--partitions", "4"},
                   {"--consume", "callback"},
                   {"--output", ""},
                   {"--property", ""}};
  if (!read(count, arguments, values) ||
      (values.at("--dir").empty() && values.at("--topic").empty())) {
    std::fputs(kUsage.data(), stderr);
    return EXIT_FAILURE;
  }
  std::unique_ptr<KafkaRows> rows;
  if (!values.at("--output").empty()) {
    rows = std::make_unique<KafkaRows>(values.at("--brokers"), values.at("--output"));
    if (!rows->is_open()) return EXIT_FAILURE;
  }
  return values.at("--dir").empty() ? run_kafka(values, rows.get())
                                    : run_memory(values, rows.get());
}

}  // namespace
}  // namespace weir::limit

int main(int count, char** arguments) {
  return weir::limit::run(count, arguments);
}
