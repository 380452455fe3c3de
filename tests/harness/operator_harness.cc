#include "harness/operator_harness.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/format.h"
#include "harness/recorded_output.h"

namespace weir::harness {
namespace {

// One run: an operator, what it is fed with and what came out.
class Run final {
 public:
  Run(std::unique_ptr<Operator> subject, const OperatorHarness::Print& print)
      : subject_(std::move(subject)), print_(print) {}

  void feed(std::span<const Input> inputs) {
    const Status status = subject_->process(inputs[0].port, batch_of(inputs), output_);
    CHECK(status.has_value());
    collect();
  }

  void advance(std::int64_t time) {
    while (true) {
      const Result<Advance> advance = subject_->advance({time}, output_);
      CHECK(advance.has_value());
      CHECK(output_.row_count() <= 3 * 16 * kBatchRows, "too much in one call");
      collect();
      if (*advance == Advance::Complete) return;
    }
  }

  Observed finish() && {
    advance(EventTime::max().milliseconds);
    EXPECT_EQ(subject_->key_count(), 0u);
    std::ranges::sort(observed_.late);
    std::ranges::sort(observed_.filtered);
    std::ranges::sort(observed_.refused);
    std::ranges::sort(observed_.refused_windows);
    return std::move(observed_);
  }

 private:
  void collect() { observe(output_, print_, observed_); }

  std::unique_ptr<Operator> subject_;
  const OperatorHarness::Print& print_;
  RecordedOutput output_;
  Observed observed_;
};

std::size_t batch_size(Cut cut, std::size_t rows, std::mt19937_64& random) {
  switch (cut) {
    case Cut::Rows: return 1;
    case Cut::Whole: return rows;
    case Cut::Random: return 1 + random() % rows;
  }
  return rows;
}

}  // namespace

void observe(RecordedOutput& output, const OperatorHarness::Print& print, Observed& observed) {
  for (const RowBatch& batch : output.batches) {
    for (std::size_t i = 0; i < batch.size(); ++i)
      observed.rows.push_back(format("{} {}", batch.times[i], print(batch.rows[i])));
  }
  for (const Diverted& diverted : output.diverted) {
    const bool is_late = diverted.stream == SideStream::Late;
    CHECK(is_late || diverted.stream == SideStream::Filtered);
    (is_late ? observed.late : observed.filtered)
        .push_back(text_of(input_of(diverted.port, diverted.row)));
  }
  for (const Rejected& rejected : output.rejected) {
    observed.refused.push_back(text_of(input_of(rejected.port, rejected.row)) + ": " +
                               rejected.reason);
  }
  for (const RejectedWindow& rejected : output.rejected_windows) {
    observed.refused_windows.push_back(format("{} [{}, {}): {}",
                                              rejected.key,
                                              rejected.window.start.milliseconds,
                                              rejected.window.end.milliseconds,
                                              rejected.reason));
  }
  output = {};
}

void PrintTo(const Observed& observed, std::ostream* out) {
  const auto print = [&](const char* title, const std::vector<std::string>& lines) {
    *out << "\n " << title << ":";
    for (const std::string& line : lines)
      *out << "\n  " << line;
  };
  print("rows", observed.rows);
  print("late", observed.late);
  print("filtered", observed.filtered);
  print("refused", observed.refused);
  print("refused windows", observed.refused_windows);
}

OperatorHarness::OperatorHarness(Factory factory, Print print)
    : factory_(std::move(factory)), print_(std::move(print)) {}

Observed OperatorHarness::run(const std::vector<Step>& steps, Cut cut, std::uint64_t seed) const {
  Run run(factory_(), print_);
  std::mt19937_64 random(seed);
  std::vector<Input> waiting;
  const auto feed_waiting = [&] {
    for (std::size_t first = 0; first < waiting.size();) {
      const std::size_t size = batch_size(cut, waiting.size() - first, random);
      run.feed(std::span(waiting).subspan(first, size));
      first += size;
    }
    waiting.clear();
  };
  for (const Step& step : steps) {
    if (const auto* input = std::get_if<Input>(&step)) {
      if (!waiting.empty() && waiting.back().port != input->port) feed_waiting();
      waiting.push_back(*input);
    } else {
      feed_waiting();
      run.advance(std::get<Until>(step).time);
    }
  }
  feed_waiting();
  return std::move(run).finish();
}

Observed OperatorHarness::run_every_way(const std::vector<Step>& steps, std::uint64_t seed) const {
  Observed whole = run(steps, Cut::Whole);
  EXPECT_EQ(run(steps, Cut::Rows), whole) << "one row per call";
  for (std::uint64_t way = 0; way < 3; ++way)
    EXPECT_EQ(run(steps, Cut::Random, seed + way), whole) << "seed " << seed + way;
  return whole;
}

std::vector<Step> interleave(const std::vector<Step>& steps, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Step> mixed;
  std::map<std::size_t, std::vector<Input>> ports;
  const auto mix = [&] {
    while (!ports.empty()) {
      const auto chosen = std::next(ports.begin(), static_cast<int>(random() % ports.size()));
      mixed.emplace_back(chosen->second.front());
      chosen->second.erase(chosen->second.begin());
      if (chosen->second.empty()) ports.erase(chosen);
    }
  };
  for (const Step& step : steps) {
    if (const auto* input = std::get_if<Input>(&step)) {
      ports[input->port].push_back(*input);
    } else {
      mix();
      mixed.push_back(step);
    }
  }
  mix();
  return mixed;
}

}  // namespace weir::harness
