#include "connectors/file/lines_sink.h"

#include <utility>

#include "base/check.h"

namespace weir::file {
namespace {

class LinesWriter final : public SinkWriter {
 public:
  explicit LinesWriter(OutputQueue& queue) : queue_(queue) {}

  Result<std::size_t> write(std::span<const OutMessage> messages) override {
    std::size_t taken = 0;
    for (; taken < messages.size(); ++taken) {
      TRY(const auto end, queue_.offer(messages[taken].value));
      if (!end) break;
      end_ = *end;
    }
    if (taken != 0) queue_.wake();
    return taken;
  }

  Result<Flush> flush() override {
    TRY(const bool is_safe, queue_.is_safe(end_));
    return is_safe ? Flush::Complete : Flush::Pending;
  }

 private:
  OutputQueue& queue_;
  std::uint64_t end_ = 0;  // Behind the last line of this writer.
};

Status carry_out(const OutputQueue::Work& work, OutputFile& file) {
  if (!work.lines.empty()) TRY_DO(file.append(work.lines));
  if (work.sync || work.stop) TRY_DO(file.sync());
  return Done{};
}

}  // namespace

LinesSink::LinesSink(SinkOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

LinesSink::~LinesSink() {
  if (!thread_.joinable()) return;
  queue_.stop();
  thread_.join();
}

Result<std::vector<std::unique_ptr<SinkWriter>>> LinesSink::open_writers(std::size_t count) {
  CHECK(!thread_.joinable());
  TRY(OutputFile file, OutputFile::open(options_, clock_));
  thread_ = std::thread([this, file = std::move(file)]() mutable { work(std::move(file)); });
  std::vector<std::unique_ptr<SinkWriter>> writers;
  while (writers.size() < count)
    writers.push_back(std::make_unique<LinesWriter>(queue_));
  return writers;
}

void LinesSink::work(OutputFile file) {
  for (;;) {
    const OutputQueue::Work work = queue_.wait();
    const Status outcome = carry_out(work, file);
    if (!outcome) return queue_.fail(Status(outcome).error());
    queue_.done(work);
    if (work.stop) return;
  }
}

}  // namespace weir::file
