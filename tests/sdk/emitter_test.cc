// What a batch call hands over: all of every row that succeeded, nothing of the one that threw.

#include <random>

#include <gmock/gmock.h>
#include <weir/testing.h>

#include "seed/test_seed.h"

namespace {

struct Number {
  std::int64_t value;
  weir::Text name;
};
WEIR_RECORD(Number, value, name)

// Row i emits rows[i] rows; the row `thrower` throws after it has emitted all of its own.
struct Emission {
  std::vector<std::uint32_t> rows;
  std::uint32_t thrower = WEIR_NO_ROW;
};

struct Result {
  weir_status status;
  weir_error error;
  std::vector<std::int64_t> values;
  std::vector<std::string> names;
  std::vector<std::uint32_t> sources;
};

Result run(const Emission& emission) {
  weir::detail::TestMemory memory;
  weir::detail::TestOut out(memory, sizeof(Number));
  Result result{};
  std::int64_t next = 0;
  result.status = weir::detail::guard_emitting<Number>(
      out.table(),
      &result.error,
      static_cast<std::uint32_t>(emission.rows.size()),
      [&](auto& emitter, std::uint32_t row) {
        for (std::uint32_t i = 0; i < emission.rows[row]; ++i) {
          const std::string name = "row" + std::to_string(next);
          emitter.emit({next++, name});
        }
        if (row == emission.thrower) throw std::runtime_error("told to");
      });
  for (const auto& taken : out.taken()) {
    const auto& number = *static_cast<const Number*>(taken.row);
    result.values.push_back(number.value);
    result.names.push_back(number.name.copy());
    result.sources.push_back(taken.source);
  }
  return result;
}

void expect_exact(const Emission& emission) {
  const Result result = run(emission);

  std::vector<std::uint32_t> sources;
  const bool fails = emission.thrower < emission.rows.size();
  for (std::uint32_t row = 0; row < emission.rows.size(); ++row) {
    if (row == emission.thrower) break;
    sources.insert(sources.end(), emission.rows[row], row);
  }
  EXPECT_EQ(result.status, fails ? WEIR_FAILED : WEIR_OK);
  if (fails) {
    EXPECT_EQ(result.error.row, emission.thrower);
  }
  ASSERT_EQ(result.sources, sources);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    EXPECT_EQ(result.values[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(result.names[i], "row" + std::to_string(i));
  }
}

TEST(Emitter, HandsOverWhatEachRowEmitted) {
  expect_exact({{1, 0, 3, 1}});
}

TEST(Emitter, ForgetsWhatAThrowingRowEmitted) {
  expect_exact({{2, 1, 3, 1}, 2});
}

TEST(Emitter, HandsOverNothingWhenTheFirstRowThrows) {
  expect_exact({{5, 1}, 0});
}

TEST(Emitter, TakesMoreRowsOfOneThanAPieceHolds) {
  expect_exact({{1, 10'000, 1}});
}

TEST(Emitter, ForgetsManyRowsOfOneThatThrows) {
  expect_exact({{3, 10'000, 1}, 1});
}

TEST(Emitter, KeepsTheOrderOverManyRandomBatches) {
  std::mt19937_64 random(weir::tests::test_seed());
  for (int round = 0; round < 300; ++round) {
    Emission emission;
    emission.rows.resize(1 + random() % 400);
    for (auto& count : emission.rows) {
      count = static_cast<std::uint32_t>(random() % 8 == 0 ? random() % 700 : random() % 3);
    }
    if (random() % 2 == 0) {
      emission.thrower = static_cast<std::uint32_t>(random() % emission.rows.size());
    }
    expect_exact(emission);
    if (HasFatalFailure()) return;
  }
}

TEST(Shell, CutsALongMessage) {
  weir_error error{};
  const std::uint32_t row = 0;

  const auto status =
      weir::detail::guard(&error, row, [] { throw std::runtime_error(std::string(10'000, 'x')); });

  EXPECT_EQ(status, WEIR_FAILED);
  EXPECT_EQ(error.message_size, WEIR_ERROR_MESSAGE_MAX);
}

TEST(Shell, CatchesWhatIsNoException) {
  weir_error error{};
  const std::uint32_t row = 3;

  EXPECT_EQ(weir::detail::guard(&error, row, [] { throw 7; }), WEIR_FAILED);

  EXPECT_EQ(error.row, 3u);
  EXPECT_EQ(std::string(error.message, error.message_size),
            "threw something that is not a std::exception");
}

}  // namespace
