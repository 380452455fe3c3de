#include "connectors/file/file.h"

#include <chrono>
#include <utility>

#include "base/format.h"
#include "connectors/file/file_name.h"
#include "connectors/file/lines_sink.h"
#include "connectors/file/lines_source.h"
#include "connectors/options.h"

namespace weir {
namespace file {
namespace {

constexpr std::int64_t kLineMax = std::int64_t{64} << 20;
constexpr std::int64_t kLineMaxMax = std::int64_t{1} << 30;

OptionMistake not_positive(std::string key, std::int64_t found) {
  return {.key = std::move(key), .found = format("{}", found), .expected = "more than 0"};
}

std::string path_of(const PortRequest& request) {
  return find_option<std::string>(request.options, "path").value_or("");
}

class FileConnector final : public Connector {
 public:
  explicit FileConnector(const Clock& clock) : clock_(clock) {}

  std::string_view name() const override { return "file"; }
  bool has_source() const override { return true; }
  bool has_sink() const override { return true; }

  std::vector<OptionSpec> source_options() const override {
    return {{.name = "path",
             .type = OptionType::Path,
             .is_required = true,
             .doc = "file with one message a line, or a pattern with * ? [ ] for many",
             .allowed = {}},
            {.name = "follow",
             .type = OptionType::Boolean,
             .is_required = false,
             .doc = "wait for more at the end, and for more files; false: the stream ends there",
             .allowed = {}},
            {.name = "line_max",
             .type = OptionType::Size,
             .is_required = false,
             .doc = "a longer line is cut off, which makes it an error; 64MiB when not given",
             .allowed = {}}};
  }

  std::vector<OptionSpec> sink_options() const override {
    return {{.name = "path",
             .type = OptionType::Path,
             .is_required = true,
             .doc = "file to append to, one message a line",
             .allowed = {}},
            {.name = "rotate_size",
             .type = OptionType::Size,
             .is_required = false,
             .doc = "a new file, NAME.N.EXTENSION, when the last one has so many bytes",
             .allowed = {}},
            {.name = "rotate_after",
             .type = OptionType::Duration,
             .is_required = false,
             .doc = "a new file, NAME.N.EXTENSION, when the last one is so old",
             .allowed = {}}};
  }

  std::vector<OptionMistake> check_source(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    const auto line_max = find_option<std::int64_t>(request.options, "line_max");
    if (line_max && (*line_max <= 0 || *line_max > kLineMaxMax)) {
      mistakes.push_back({.key = "line_max",
                          .found = format("{}", *line_max),
                          .expected = "more than 0, at most 1GiB"});
    }
    return mistakes;
  }

  std::vector<OptionMistake> check_sink(const PortRequest& request) const override {
    std::vector<OptionMistake> mistakes;
    const std::string path = path_of(request);
    if (path.ends_with('/')) {
      mistakes.push_back({.key = "path", .found = path, .expected = "a file, not a folder"});
    }
    for (const char* key : {"rotate_size", "rotate_after"}) {
      const auto value = find_option<std::int64_t>(request.options, key);
      if (value && *value <= 0) mistakes.push_back(not_positive(key, *value));
    }
    return mistakes;
  }

  Result<std::unique_ptr<Source>> open_source(const PortRequest& request) const override {
    TRY_DO(refuse(check_source(request)));
    const Options& options = request.options;
    const auto line_max = find_option<std::int64_t>(options, "line_max").value_or(kLineMax);
    return std::make_unique<LinesSource>(
        SourceOptions{.path = path_of(request),
                      .follow = find_option<bool>(options, "follow").value_or(false),
                      .line_max = static_cast<std::size_t>(line_max)},
        clock_);
  }

  Result<std::unique_ptr<Sink>> open_sink(const PortRequest& request) const override {
    TRY_DO(refuse(check_sink(request)));
    SinkOptions options{.path = path_of(request),
                        .rotate_bytes = find_option<std::int64_t>(request.options, "rotate_size"),
                        .rotate_after = {}};
    const auto after = find_option<std::int64_t>(request.options, "rotate_after");
    if (after) options.rotate_after = std::chrono::milliseconds(*after);
    return std::make_unique<LinesSink>(std::move(options), clock_);
  }

 private:
  static Status refuse(const std::vector<OptionMistake>& mistakes) {
    if (mistakes.empty()) return Done{};
    const OptionMistake& first = mistakes.front();
    return Error(ErrorKind::Invalid,
                 format("{}: found {}, expected {}", first.key, first.found, first.expected));
  }

  const Clock& clock_;
};

}  // namespace
}  // namespace file

std::unique_ptr<Connector> make_file_connector(const Clock& clock) {
  return std::make_unique<file::FileConnector>(clock);
}

}  // namespace weir
