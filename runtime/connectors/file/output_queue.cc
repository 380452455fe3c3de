#include "connectors/file/output_queue.h"

#include <utility>

namespace weir::file {

Result<std::optional<std::uint64_t>> OutputQueue::offer(std::string_view line) {
  using Offered = Result<std::optional<std::uint64_t>>;
  return state_.with([&](State& state) -> Offered {
    if (state.error) return *state.error;
    const std::size_t held = state.lines.size() + state.in_work;
    if (held != 0 && held + line.size() + 1 > kBytesMax) return std::optional<std::uint64_t>();
    state.lines.append(line).push_back('\n');
    state.end += line.size() + 1;
    return std::optional(state.end);
  });
}

Result<bool> OutputQueue::is_safe(std::uint64_t position) {
  bool asks = false;
  const Result<bool> safe = state_.with([&](State& state) -> Result<bool> {
    if (state.error) return *state.error;
    asks = state.asked < position;
    if (asks) state.asked = state.end;
    return state.safe >= position;
  });
  if (asks) wake();
  return safe;
}

OutputQueue::Work OutputQueue::wait() {
  work_.acquire();
  while (work_.try_acquire()) {}
  return state_.with([](State& state) {
    state.in_work = state.lines.size();
    return Work{.lines = std::exchange(state.lines, {}),
                .end = state.end,
                .sync = state.asked > state.safe,
                .stop = state.is_stopped};
  });
}

void OutputQueue::done(const Work& work) {
  state_.with([&](State& state) {
    state.in_work = 0;
    if (work.sync) state.safe = work.end;
  });
}

void OutputQueue::fail(const Error& error) {
  state_.with([&](State& state) { state.error = error; });
}

void OutputQueue::stop() {
  state_.with([](State& state) { state.is_stopped = true; });
  wake();
}

}  // namespace weir::file
