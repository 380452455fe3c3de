// The jobs of the benchmark as one would write them by hand, over the same client and the same
// parser.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cogroup.h"
#include "file_input.h"
#include "kafka_input.h"
#include "kafka_rows.h"
#include "memory_input.h"
#include "meter.h"
#include "tumble.h"

namespace weir::limit {
namespace {

constexpr std::string_view kUsage =
    R"(usage: bench-limit --job tumble|cogroup INPUT

INPUT is --dir DIR or --brokers HOST:PORT --partitions N.

  --streams A,B      files DIR/A-0.jsonl and so on, or topics (telemetry; audio,video of cogroup)
  --from WHERE       disk or memory, for DIR (memory)
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

std::vector<std::string> streams_of(const Values& values) {
  std::string names = values.at("--streams");
  if (names.empty()) names = values.at("--job") == "cogroup" ? "audio,video" : "telemetry";
  std::vector<std::string> streams;
  std::istringstream all(names);
  for (std::string name; std::getline(all, name, ',');)
    streams.push_back(name);
  return streams;
}

std::unique_ptr<Job> make_job(const Values& values, std::uint32_t partitions, KafkaRows* rows) {
  if (values.at("--job") == "cogroup") return std::make_unique<CoGroup>(partitions);
  RowSink sink;
  if (rows != nullptr) {
    sink = [rows](std::string_view key, std::string_view json) { rows->add(key, json); };
  }
  return std::make_unique<Tumble>(partitions, std::move(sink));
}

// Measures from here to the last row, the job's making included.
template <typename Input>
int measure(Input& input, const Meter& meter, const Values& values, KafkaRows* rows) {
  const auto job = make_job(values, input.partitions(), rows);
  const auto records = input.run(*job);
  const bool is_complete = rows == nullptr || rows->finish();
  meter.report(records, job->rows());
  return is_complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

template <typename Input>
int run_files(const Values& values, KafkaRows* rows) {
  Input input(values.at("--dir"), streams_of(values));
  if (input.partitions() == 0) return EXIT_FAILURE;
  return measure(input, Meter(), values, rows);
}

int run_kafka(const Values& values, KafkaRows* rows) {
  KafkaInputOptions options;
  options.brokers = values.at("--brokers");
  options.topics = streams_of(values);
  options.partitions = static_cast<std::uint32_t>(std::atoi(values.at("--partitions").c_str()));
  if (values.at("--consume") == "batch") options.consumption = Consumption::Batch;
  if (!values.at("--property").empty()) options.properties.push_back(values.at("--property"));
  const Meter meter;
  KafkaInput input(options);
  if (!input.is_open()) return EXIT_FAILURE;
  return measure(input, meter, values, rows);
}

int run(int count, char** arguments) {
  Values values = {{"--job", "tumble"},
                   {"--dir", ""},
                   {"--streams", ""},
                   {"--from", "memory"},
                   {"--brokers", ""},
                   {"--partitions", "4"},
                   {"--consume", "callback"},
                   {"--output", ""},
                   {"--property", ""}};
  if (!read(count, arguments, values) ||
      (values.at("--dir").empty() && values.at("--brokers").empty())) {
    std::fputs(kUsage.data(), stderr);
    return EXIT_FAILURE;
  }
  std::unique_ptr<KafkaRows> rows;
  if (!values.at("--output").empty()) {
    rows = std::make_unique<KafkaRows>(values.at("--brokers"), values.at("--output"));
    if (!rows->is_open()) return EXIT_FAILURE;
  }
  if (values.at("--dir").empty()) return run_kafka(values, rows.get());
  return values.at("--from") == "disk" ? run_files<FileInput>(values, rows.get())
                                       : run_files<MemoryInput>(values, rows.get());
}

}  // namespace
}  // namespace weir::limit

int main(int count, char** arguments) {
  return weir::limit::run(count, arguments);
}
