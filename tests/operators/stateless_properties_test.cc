// Filter, map, key_by and union give the same rows however their input is cut.
#include <algorithm>
#include <cstdlib>
#include <rapidcheck.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/format.h"
#include "harness/any_steps.h"
#include "harness/operator_harness.h"
#include "harness/recorded_output.h"
#include "harness/totals.h"
#include "operators/stateless_operators.h"

namespace weir {
namespace {

using harness::Event;
using harness::Input;
using harness::Observed;
using harness::OperatorHarness;
using harness::Step;

constexpr std::size_t kPorts = 2;

bool is_kept(std::int64_t amount) {
  return amount % 2 != 0;
}

// None, one, or more than one block of the output holds.
std::int64_t copies(std::int64_t amount) {
  return amount == 7 ? 300 : std::abs(amount) % 3;
}

const Event& event(const weir_rows* rows, std::uint32_t i) {
  return *static_cast<const Event*>(rows->rows[i]);
}

weir_status refuse(weir_error* error, std::uint32_t row) {
  error->row = row;
  error->message_size = 3;
  std::copy_n("bad", 3, error->message);
  return WEIR_FAILED;
}

weir_status filter(void*, const weir_rows* rows, std::uint8_t* kept, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    if (event(rows, i).amount == harness::kBadAmount) return refuse(error, i);
    kept[i] = is_kept(event(rows, i).amount) ? 1 : 0;
  }
  return WEIR_OK;
}

// Rows whose user and note share a text of their own.
weir_status map(void*, const weir_rows* rows, weir_out* out, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    const Event& read = event(rows, i);
    if (read.amount == harness::kBadAmount) return refuse(error, i);
    for (std::int64_t copy = 0; copy < copies(read.amount); ++copy) {
      auto* made = static_cast<Event*>(out->reserve(out, 1));
      weir_arena* arena = out->arena;
      const std::uint64_t size = read.user.size + 1;
      if (static_cast<std::uint64_t>(arena->end - arena->next) < size) arena->grow(arena, size);
      std::copy_n(read.user.data, read.user.size, arena->next);
      arena->next[read.user.size] = '!';
      *made = {read.time, {arena->next, read.user.size}, {arena->next, size}, copy};
      arena->next += size;
      out->commit(out, 1, &i);
    }
  }
  return WEIR_OK;
}

weir_status key(
    void*, const weir_rows* rows, weir_bytes* keys, weir_arena*, weir_error* error) noexcept {
  for (std::uint32_t i = 0; i < rows->count; ++i) {
    if (event(rows, i).amount == harness::kBadAmount) return refuse(error, i);
    const weir_text& note = event(rows, i).note;
    keys[i] = {reinterpret_cast<const std::uint8_t*>(note.data), note.size};
  }
  return WEIR_OK;
}

const weir_functions& functions() {
  static const weir_functions made = [] {
    weir_functions table{};
    table.struct_size = sizeof table;
    table.filter = &filter;
    table.map = &map;
    table.key = &key;
    return table;
  }();
  return made;
}

std::string text_of_row(const void* row) {
  return text_of(harness::input_of(0, row));
}

template <class Make>
Observed run(const std::vector<Step>& steps, Make make) {
  const OperatorHarness harness(make, text_of_row);
  return harness.run_every_way(steps, *rc::gen::arbitrary<std::uint64_t>());
}

// What `take` makes of each row that is not refused. It is told what to add to.
template <class Take>
Observed expected(const std::vector<Step>& steps, Take take, bool is_picky = true) {
  Observed expected;
  for (const Step& step : steps) {
    const auto* input = std::get_if<Input>(&step);
    if (!input) continue;
    if (is_picky && input->amount == harness::kBadAmount) {
      expected.refused.push_back(text_of(*input) + ": bad");
    } else {
      take(*input, expected);
    }
  }
  std::ranges::sort(expected.filtered);
  std::ranges::sort(expected.refused);
  return expected;
}

// A row that an operator handed on as it came.
std::string unchanged(Input input) {
  input.port = 0;
  return format("{} {}", input.time, text_of(input));
}

RC_GTEST_PROP(StatelessProperties, AFilterDividesItsRows, ()) {
  const std::vector<Step> steps = harness::any_scattered_steps(1);

  const Observed found = run(steps, [] { return std::make_unique<FilterOperator>(functions()); });

  RC_ASSERT(found == expected(steps, [](const Input& input, Observed& observed) {
              if (is_kept(input.amount)) {
                observed.rows.push_back(unchanged(input));
              } else {
                observed.filtered.push_back(text_of(input));
              }
            }));
}

RC_GTEST_PROP(StatelessProperties, AMapMakesItsRowsOfEachInOrder, ()) {
  const std::vector<Step> steps = harness::any_scattered_steps(1);

  const Observed found =
      run(steps, [] { return std::make_unique<MapOperator>(functions(), sizeof(Event)); });

  RC_ASSERT(found == expected(steps, [](Input input, Observed& observed) {
              const std::int64_t count = copies(input.amount);
              input.note = input.user + "!";
              for (std::int64_t copy = 0; copy < count; ++copy) {
                input.amount = copy;
                observed.rows.push_back(unchanged(input));
              }
            }));
}

// Sees that the keys are those of the rows.
class CheckedKeys final : public Operator {
 public:
  Status process(std::size_t port, RowBatch batch, Output& output) override {
    harness::RecordedOutput seen;
    const Status status = key_by_.process(port, batch, seen);
    for (RowBatch& keyed : seen.batches) {
      RC_ASSERT(keyed.keys.size() == keyed.size());
      for (std::size_t i = 0; i < keyed.size(); ++i) {
        const std::string_view note = harness::view(static_cast<const Event*>(keyed.rows[i])->note);
        RC_ASSERT(keyed.keys[i].bytes() == note);
        RC_ASSERT(keyed.keys[i].hash == hash_key(note));
      }
      output.emit(std::move(keyed));
    }
    for (const harness::Rejected& rejected : seen.rejected) {
      const auto row = std::ranges::find(batch.rows, rejected.row) - batch.rows.begin();
      TRY_DO(output.reject(port, batch, static_cast<std::size_t>(row), rejected.reason));
    }
    return status;
  }
  Result<Advance> advance(EventTime, Output&) override { return Advance::Complete; }

 private:
  KeyByOperator key_by_{functions()};
};

RC_GTEST_PROP(StatelessProperties, KeyByGivesEachRowItsKey, ()) {
  const std::vector<Step> steps = harness::any_scattered_steps(1);

  const Observed found = run(steps, [] { return std::make_unique<CheckedKeys>(); });

  RC_ASSERT(found == expected(steps, [](const Input& input, Observed& observed) {
              observed.rows.push_back(unchanged(input));
            }));
}

RC_GTEST_PROP(StatelessProperties, AUnionPassesOnWhatComesFromAnywhere, ()) {
  const std::vector<Step> steps = harness::any_scattered_steps(kPorts);

  const Observed found = run(steps, [] { return std::make_unique<UnionOperator>(); });

  const auto pass = [](const Input& input, Observed& observed) {
    observed.rows.push_back(unchanged(input));
  };
  RC_ASSERT(found == expected(steps, pass, false));
}

}  // namespace
}  // namespace weir
