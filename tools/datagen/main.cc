// Writes seeded input for measurements and tests: files of JSON lines or Kafka topics.

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "generator.h"
#include "output.h"
#include "shape.h"

namespace weir::datagen {
namespace {

constexpr std::uint64_t kWindowSeconds = 30;  // Of `window_records`.

constexpr std::string_view kUsage =
    R"(usage: datagen --shape telemetry|sparse|cogroup (--dir DIR | --brokers HOST:PORT) [options]

  --records N        records of all streams together, end markers not counted (1000000)
  --keys N           instead of the shape's own number; the records of a key stay as many
  --window-records N of all keys and streams in 30 s, instead of the shape's own number
  --partitions N     files or partitions of each stream (4)
  --seed N           (1)
  --topics A,B       names of the topics instead of the streams' own
  --compression C    none, lz4, zstd, snappy, gzip (none)
  --markers 0        no end markers
  --pace N           so many records a second, steadily
  --due 1            with --pace: the event time of a record is when it is due; all windows hold
                     so many as the pace says

The same options give the same bytes, but for --due. Every partition ends with a marker 60 s ahead
of the last window.
Example: datagen --shape sparse --records 6000000 --dir var/bench
)";

class Options {
 public:
  // Null and a line on stderr for an argument that has no value or no known name.
  static std::unique_ptr<Options> read(int count, char** arguments) {
    auto options = std::make_unique<Options>();
    for (int i = 1; i < count; i += 2) {
      const std::string_view name = arguments[i];
      auto found =
          name.starts_with("--") ? options->values_.find(name.substr(2)) : options->values_.end();
      if (found == options->values_.end() || i + 1 == count) {
        std::fprintf(stderr, "datagen: unknown option or no value: %s\n", arguments[i]);
        return nullptr;
      }
      found->second = arguments[i + 1];
    }
    return options;
  }

  const std::string& text(std::string_view name) const { return values_.find(name)->second; }

  std::uint64_t number(std::string_view name) const {
    const auto& digits = text(name);
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_ = {{"shape", ""},
                                                             {"dir", ""},
                                                             {"brokers", ""},
                                                             {"topics", ""},
                                                             {"keys", "0"},
                                                             {"window-records", "0"},
                                                             {"records", "1000000"},
                                                             {"seed", "1"},
                                                             {"partitions", "4"},
                                                             {"markers", "1"},
                                                             {"pace", "0"},
                                                             {"due", "0"},
                                                             {"compression", "none"}};
};

// Lets one record after the other go when it is due.
class Pace final {
 public:
  // 0: all are due at once.
  explicit Pace(std::uint64_t per_second) : per_second_(per_second) {}

  // Returns when the next one is due; whoever waits for it has nothing left in `output`.
  void wait(Output& output) {
    if (per_second_ == 0) return;
    const auto due = begin_ + std::chrono::nanoseconds(passed_++ * 1'000'000'000 / per_second_);
    if (std::chrono::steady_clock::now() >= due) return;
    output.push();
    std::this_thread::sleep_until(due);
  }

 private:
  std::uint64_t per_second_;
  std::uint64_t passed_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::int64_t now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::vector<std::string> split(std::string_view names) {
  std::vector<std::string> parts;
  while (!names.empty()) {
    const auto comma = std::min(names.find(','), names.size());
    parts.emplace_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return parts;
}

void add_markers(Generator& generator,
                 const Shape& shape,
                 std::uint32_t partitions,
                 Output& output) {
  for (std::size_t stream = 0; stream < shape.streams.size(); ++stream) {
    for (std::uint32_t partition = 0; partition < partitions; ++partition) {
      output.add(generator.end_marker(stream, partition));
    }
  }
}

int run(const Options& options) {
  Shape shape = shape_named(options.text("shape"));
  const auto partitions = static_cast<std::uint32_t>(options.number("partitions"));
  if (shape.streams.empty() || partitions == 0 ||
      options.text("dir").empty() == options.text("brokers").empty() ||
      (options.number("due") != 0 && options.number("pace") == 0)) {
    std::fputs(kUsage.data(), stderr);
    return EXIT_FAILURE;
  }
  if (const auto keys = options.number("keys"); keys != 0) {
    shape.window_records = shape.window_records * keys / shape.keys;
    shape.keys = keys;
  }
  if (const auto records = options.number("window-records"); records != 0) {
    shape.window_records = records;
  }
  const auto pace = options.number("pace");
  const auto topics =
      options.text("topics").empty() ? shape.streams : split(options.text("topics"));
  if (topics.size() != shape.streams.size()) {
    std::fprintf(stderr, "datagen: this shape has %zu streams\n", shape.streams.size());
    return EXIT_FAILURE;
  }
  auto output = options.text("dir").empty()
                    ? kafka_output({.brokers = options.text("brokers"),
                                    .compression = options.text("compression"),
                                    .linger = pace == 0 ? "50" : "1"},
                                   topics,
                                   partitions)
                    : file_output(options.text("dir"), topics, partitions);
  if (output == nullptr) return EXIT_FAILURE;

  if (options.number("due") != 0) {
    shape.window_records = pace * kWindowSeconds;
    shape.start = now();
  }
  Generator generator(shape, options.number("seed"), partitions);
  Pace paced(pace);
  for (auto left = options.number("records"); left > 0; --left) {
    paced.wait(*output);
    output->add(generator.next());
  }
  if (options.number("markers") != 0) add_markers(generator, shape, partitions, *output);
  if (const auto failure = output->finish(); !failure.empty()) {
    std::fprintf(stderr, "datagen: %s\n", failure.c_str());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace weir::datagen

int main(int count, char** arguments) {
  const auto options = weir::datagen::Options::read(count, arguments);
  return options == nullptr ? EXIT_FAILURE : weir::datagen::run(*options);
}
