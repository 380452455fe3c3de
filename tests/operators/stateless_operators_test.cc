#include "operators/stateless_operators.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>

#include <gmock/gmock.h>

#include "harness/recorded_output.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Row {
  std::int64_t number;
};

// Functions of a plugin that do as a test says, row by row. `refuse` names the row that the
// next call that meets it refuses.
class Script {
 public:
  Script() {
    functions.struct_size = sizeof functions;
    functions.self = this;
    functions.filter =
        [](void* self, const weir_rows* rows, std::uint8_t* kept, weir_error* error) noexcept {
          return run(self, rows, error, [&](Script& script, std::uint32_t i) {
            kept[i] = script.keep(number(rows, i));
          });
        };
    functions.map =
        [](void* self, const weir_rows* rows, weir_out* out, weir_error* error) noexcept {
          return run(self, rows, error, [&](Script& script, std::uint32_t i) {
            for (std::int64_t copy = 0; copy < script.copies(number(rows, i)); ++copy) {
              *static_cast<Row*>(out->reserve(out, 1)) = {number(rows, i)};
              out->commit(out, 1, &i);
            }
          });
        };
    functions.key = [](void* self,
                       const weir_rows* rows,
                       weir_bytes* keys,
                       weir_arena*,
                       weir_error* error) noexcept {
      return run(self, rows, error, [&](Script& script, std::uint32_t i) {
        keys[i] = script.key(*static_cast<const Row*>(rows->rows[i]));
      });
    };
  }

  std::function<std::uint8_t(std::int64_t)> keep = [](std::int64_t) { return 1; };
  std::function<std::int64_t(std::int64_t)> copies = [](std::int64_t) { return 1; };
  std::function<weir_bytes(const Row&)> key = [](const Row& row) {
    return weir_bytes{reinterpret_cast<const std::uint8_t*>(&row.number), sizeof row.number};
  };
  std::int64_t refuse = -1;
  weir_functions functions{};

 private:
  static std::int64_t number(const weir_rows* rows, std::uint32_t i) {
    return static_cast<const Row*>(rows->rows[i])->number;
  }

  template <class Handle>
  static weir_status run(void* self, const weir_rows* rows, weir_error* error, Handle handle) {
    auto& script = *static_cast<Script*>(self);
    for (std::uint32_t i = 0; i < rows->count; ++i) {
      if (number(rows, i) == script.refuse) {
        error->row = i;
        error->message_size = 2;
        std::memcpy(error->message, "no", 2);
        return WEIR_FAILED;
      }
      handle(script, i);
    }
    return WEIR_OK;
  }
};

class StatelessOperatorsTest : public testing::Test {
 protected:
  // Rows 0, 1, … with ten times their number as event time, made of records 100, 101, …
  static RowBatch batch(std::size_t count) {
    auto block = std::make_shared<Block>(sizeof(Row), std::max<std::size_t>(count, 1));
    RowBatch made;
    for (std::size_t i = 0; i < count; ++i) {
      *reinterpret_cast<Row*>(block->row(i)) = {static_cast<std::int64_t>(i)};
      made.rows.push_back(block->row(i));
      made.times.push_back(static_cast<std::int64_t>(i) * 10);
      made.records.push_back(static_cast<std::uint32_t>(100 + i));
    }
    made.bytes = 1000;
    made.blocks.push_back(std::move(block));
    return made;
  }

  std::vector<std::int64_t> emitted() const {
    std::vector<std::int64_t> numbers;
    for (const RowBatch& each : output.batches) {
      EXPECT_EQ(each.times.size(), each.size());
      EXPECT_EQ(each.records.size(), each.size());
      for (std::size_t i = 0; i < each.size(); ++i) {
        numbers.push_back(static_cast<const Row*>(each.rows[i])->number);
        EXPECT_EQ(each.times[i], numbers.back() * 10);
        EXPECT_EQ(each.records.at(i), 100 + numbers.back());
      }
    }
    return numbers;
  }

  std::vector<std::int64_t> diverted() const {
    std::vector<std::int64_t> numbers;
    for (const harness::Diverted& each : output.diverted) {
      EXPECT_EQ(each.stream, SideStream::Filtered);
      numbers.push_back(static_cast<const Row*>(each.row)->number);
    }
    return numbers;
  }

  Script script;
  harness::RecordedOutput output;
};

TEST_F(StatelessOperatorsTest, FilterLetsThroughWhatIsKeptAndDivertsTheRest) {
  script.keep = [](std::int64_t number) { return number % 2 == 0 ? 1 : 0; };
  FilterOperator filter(script.functions);

  ASSERT_TRUE(filter.process(0, batch(5), output));

  EXPECT_THAT(emitted(), ElementsAre(0, 2, 4));
  EXPECT_THAT(diverted(), ElementsAre(1, 3));
  EXPECT_EQ(output.batches.at(0).bytes, 600u);
}

TEST_F(StatelessOperatorsTest, FilterEmitsNothingWhenNothingIsKept) {
  script.keep = [](std::int64_t) { return 0; };
  FilterOperator filter(script.functions);

  ASSERT_TRUE(filter.process(0, batch(3), output));

  EXPECT_THAT(output.batches, IsEmpty());
  EXPECT_THAT(diverted(), SizeIs(3));
}

TEST_F(StatelessOperatorsTest, FilterTakesAnyByteButZeroForKeep) {
  script.keep = [](std::int64_t) { return 0xff; };
  FilterOperator filter(script.functions);

  ASSERT_TRUE(filter.process(0, batch(2), output));

  EXPECT_THAT(emitted(), ElementsAre(0, 1));
}

TEST_F(StatelessOperatorsTest, FilterRejectsTheRefusedRowOnly) {
  script.refuse = 1;
  FilterOperator filter(script.functions);

  ASSERT_TRUE(filter.process(0, batch(4), output));

  EXPECT_THAT(emitted(), ElementsAre(0, 2, 3));
  ASSERT_THAT(output.rejected, SizeIs(1));
  EXPECT_EQ(static_cast<const Row*>(output.rejected[0].row)->number, 1);
  EXPECT_EQ(output.rejected[0].reason, "no");
}

TEST_F(StatelessOperatorsTest, ARefusedRowEndsTheJobThatStopsOnErrors) {
  script.refuse = 1;
  output.stops_on_errors = true;

  EXPECT_FALSE(FilterOperator(script.functions).process(0, batch(4), output));
  EXPECT_FALSE(MapOperator(script.functions, sizeof(Row)).process(0, batch(4), output));
  EXPECT_FALSE(KeyByOperator(script.functions).process(0, batch(4), output));
}

TEST_F(StatelessOperatorsTest, MapMakesAnyNumberOfRowsForEach) {
  script.copies = [](std::int64_t number) { return number; };
  MapOperator map(script.functions, sizeof(Row));

  ASSERT_TRUE(map.process(0, batch(4), output));

  EXPECT_THAT(emitted(), ElementsAre(1, 2, 2, 3, 3, 3));
}

TEST_F(StatelessOperatorsTest, MapGoesOnBehindARefusedRow) {
  script.refuse = 2;
  MapOperator map(script.functions, sizeof(Row));

  ASSERT_TRUE(map.process(0, batch(4), output));

  EXPECT_THAT(emitted(), ElementsAre(0, 1, 3));
  EXPECT_THAT(output.rejected, SizeIs(1));
}

TEST_F(StatelessOperatorsTest, KeyByHashesWhatThePluginSays) {
  KeyByOperator key_by(script.functions);

  ASSERT_TRUE(key_by.process(0, batch(3), output));

  ASSERT_THAT(output.batches, SizeIs(1));
  const RowBatch& keyed = output.batches[0];
  ASSERT_THAT(keyed.keys, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    std::int64_t number = 0;
    ASSERT_EQ(keyed.keys[i].size, sizeof number);
    std::memcpy(&number, keyed.keys[i].data, sizeof number);
    EXPECT_EQ(number, static_cast<std::int64_t>(i));
    EXPECT_EQ(keyed.keys[i].hash, hash_key(keyed.keys[i].bytes()));
  }
}

TEST_F(StatelessOperatorsTest, KeyByRejectsRowsWithoutAPossibleKey) {
  static const std::string long_text(70'000, 'x');
  script.refuse = 3;
  script.key = [](const Row& row) -> weir_bytes {
    if (row.number == 0) return {nullptr, 8};
    if (row.number == 1) {
      return {reinterpret_cast<const std::uint8_t*>(long_text.data()), long_text.size()};
    }
    return {nullptr, 0};
  };
  KeyByOperator key_by(script.functions);

  ASSERT_TRUE(key_by.process(0, batch(5), output));

  EXPECT_THAT(emitted(), ElementsAre(2, 4));
  ASSERT_THAT(output.rejected, SizeIs(3));
  EXPECT_THAT(output.rejected[1].reason, HasSubstr("impossible key"));
  EXPECT_THAT(output.batches.at(0).keys, SizeIs(2));
}

}  // namespace
}  // namespace weir
