// The process tells how far it came on a pipe that it has as descriptor 3: "loaded\n" and, after
// unloading, "unloaded\n"; or "refused KIND\n" and a message. It ends without running what a
// program runs at its end, so that an end before these words is the plugin's doing.

#include "registry/trial.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/format.h"
#include "plugin/plugin.h"
#include "registry/child_process.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr int kReport = 3;
constexpr std::size_t kQuotedMax = 80;
constexpr std::string_view kLoaded = "loaded\n";
constexpr std::string_view kUnloaded = "unloaded\n";
constexpr std::string_view kRefused = "refused ";

// Ours, but with sanitizers that leave signals alone: the signal is what we want to hear of.
std::vector<std::string> environment_of_trial() {
  constexpr std::array<std::string_view, 3> kOptions = {
      "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="};
  constexpr std::string_view kQuiet =
      "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:detect_leaks=0";
  std::vector<std::string> all;
  for (const std::string_view option : kOptions)
    all.emplace_back(option);
  for (const std::string& text : own_environment()) {
    bool is_option = false;
    for (std::size_t i = 0; i < kOptions.size(); ++i) {
      if (!text.starts_with(kOptions.at(i))) continue;
      is_option = true;
      all[i] = text;
    }
    if (!is_option) all.push_back(text);
  }
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    all[i] += all[i].ends_with('=') ? "" : ":";
    all[i] += kQuiet;
  }
  return all;
}

// "\"hello\"", cut when long.
std::string quotation(std::string_view text) {
  std::string shown;
  for (const char letter : text.substr(0, kQuotedMax)) {
    const bool is_visible = static_cast<unsigned char>(letter) >= ' ' && letter != '\x7f';
    if (is_visible) {
      shown += letter;
    } else {
      shown += letter == '\n' ? "\\n" : "?";
    }
  }
  return format("\"{}{}\"", shown, text.size() > kQuotedMax ? "…" : "");
}

Error plugin_error(std::string message) {
  return Error(ErrorKind::Plugin, std::move(message));
}

// What the end of the process means for the library that it was to load.
class Judgement final {
 public:
  Judgement(const ChildEnd& end, const fs::path& library, const TrialOptions& options)
      : end_(end), library_(library), options_(options) {}

  Status verdict() const {
    if (!end_.status) return hung();
    if (end_.report.starts_with(kRefused)) return refusal();
    if (WIFSIGNALED(*end_.status)) {
      return plugin_error(format("died of SIG{} while it was {}: its {} must not fail",
                                 ::sigabbrev_np(WTERMSIG(*end_.status)),
                                 phase(),
                                 is_loaded() ? "destructors" : "constructors and its entry"));
    }
    if (!end_.report.ends_with(kUnloaded)) {
      const std::string& said = end_.complaints;
      return plugin_error(
          format("ended the process with code {} while it was {}{}: it must not "
                 "call exit()",
                 WEXITSTATUS(*end_.status),
                 phase(),
                 said.empty() ? "" : format(" ({})", quotation(said))));
    }
    TRY_DO(expect_silence(end_.output, "output"));
    return expect_silence(end_.complaints, "error");
  }

 private:
  bool is_loaded() const { return end_.report.starts_with(kLoaded); }
  std::string_view phase() const { return is_loaded() ? "unloaded" : "loaded"; }

  Error hung() const {
    return plugin_error(
        format("was not {} within {} ms: what runs then must return, move work to its jobs",
               phase(),
               options_.limit.count()));
  }

  static Status expect_silence(const std::string& text, std::string_view name) {
    if (text.empty()) return Done{};
    return plugin_error(
        format("wrote {} to standard {} while it was loaded, which belongs to the "
               "host: use the log of the SDK",
               quotation(text),
               name));
  }

  // "refused 3\nTEXT".
  Error refusal() const {
    std::string_view text = end_.report;
    text.remove_prefix(kRefused.size());
    const std::size_t line = text.find('\n');
    int kind = 0;
    std::from_chars(text.data(), text.data() + std::min(line, text.size()), kind);
    text.remove_prefix(line == text.npos ? text.size() : line + 1);
    const std::string place = library_.string() + ": ";
    if (text.starts_with(place)) text.remove_prefix(place.size());
    return Error(static_cast<ErrorKind>(kind), std::string(text));
  }

  const ChildEnd& end_;
  const fs::path& library_;
  const TrialOptions& options_;
};

void report(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(kReport, text.data(), text.size());
    if (written <= 0) ::_exit(EXIT_FAILURE);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Status put_on_trial(const fs::path& library, const TrialOptions& options) {
  TRY(const ChildEnd end,
      run_child({.program = options.program,
                 .arguments = {"weir", kTrialArgument, library.string()},
                 .environment = environment_of_trial(),
                 .limit = options.limit,
                 .clock = options.clock}));
  return Judgement(end, library, options).verdict();
}

void run_trial(const fs::path& library) {
  // Who waits for it may be ended meanwhile.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may die on purpose, and nobody wants to see its memory.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  {
    const auto plugin = Plugin::load(library);
    if (!plugin) {
      const Error& error = plugin.error();
      report(format("{}{}\n{}", kRefused, static_cast<int>(error.kind()), error.message()));
      ::_exit(EXIT_SUCCESS);
    }
    report(kLoaded);
  }
  std::fflush(nullptr);
  report(kUnloaded);
  ::_exit(EXIT_SUCCESS);
}

}  // namespace weir
