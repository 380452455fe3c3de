#include "state/table_set.h"

#include <cstring>
#include <map>
#include <optional>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/row_batch.h"

namespace weir {
namespace {

constexpr KeyGroupRange kGroups{128, 0, 128};

std::vector<std::byte> number_as_bytes(std::int64_t number) {
  std::vector<std::byte> bytes(sizeof(number));
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

class TableSetTest : public testing::Test {
 protected:
  std::int64_t& count(std::size_t i) { return *static_cast<std::int64_t*>(batch.values()[i]); }

  void upsert(TableSet& set, const std::vector<std::string>& keys) {
    batch.clear();
    for (const std::string& key : keys) {
      const KeyView view{key.data(), static_cast<std::uint32_t>(key.size()), hash_key(key)};
      batch.add(set, set.table_of(view), static_cast<std::uint32_t>(view.hash), key);
    }
    batch.upsert();
  }

  StateSize size;
  TableBatch batch;
};

TEST_F(TableSetTest, AKeyThatComesAgainHasTheSameValue) {
  const TableLayout layout(8, 8, number_as_bytes(100));
  TableSet set(layout, kGroups, TableSet::LongKeys::Copied, size);

  upsert(set, {"a", "b", "a"});
  EXPECT_TRUE(batch.is_new(0));
  EXPECT_FALSE(batch.is_new(2));
  count(0) += 1;
  count(2) += 1;
  upsert(set, {"a"});

  EXPECT_FALSE(batch.is_new(0));
  EXPECT_EQ(count(0), 102);
  EXPECT_EQ(size.keys, 2u);
}

TEST_F(TableSetTest, LongKeysAreCopied) {
  const TableLayout layout(8, 8, number_as_bytes(0));
  TableSet set(layout, kGroups, TableSet::LongKeys::Copied, size);
  {
    const std::string short_lived(5000, 'k');
    upsert(set, {short_lived});
  }

  upsert(set, {std::string(5000, 'k')});

  EXPECT_FALSE(batch.is_new(0));
  EXPECT_GE(size.bytes, 5000u);
}

TEST_F(TableSetTest, AKeyTakenBackIsGoneAndMayComeAgain) {
  const TableLayout layout(8, 8, number_as_bytes(7));
  TableSet set(layout, kGroups, TableSet::LongKeys::Copied, size);
  upsert(set, {"a", "b"});
  count(0) = 99;

  batch.take_back(0);

  EXPECT_EQ(size.keys, 1u);
  upsert(set, {"a"});
  EXPECT_TRUE(batch.is_new(0));
  EXPECT_EQ(count(0), 7);
}

TEST_F(TableSetTest, CountsWhatItHoldsAndGivesItBack) {
  const TableLayout layout(8, 8, number_as_bytes(7));
  {
    TableSet one(layout, kGroups, TableSet::LongKeys::Copied, size);
    TableSet two(layout, kGroups, TableSet::LongKeys::Copied, size);
    upsert(one, {"a", "b", std::string(100, 'c')});
    upsert(two, {"a"});
    EXPECT_EQ(size.keys, 4u);
    EXPECT_EQ(size.bytes, one.size().bytes + two.size().bytes);

    one.clear();
    EXPECT_EQ(size.keys, 1u);
    EXPECT_EQ(size.bytes, one.size().bytes + two.size().bytes);
  }
  EXPECT_EQ(size.keys, 0u);
  EXPECT_EQ(size.bytes, 0u);
}

TEST_F(TableSetTest, AThousandSetsWithAHandfulOfKeysStaySmall) {
  const TableLayout layout(16, 8, number_as_bytes(0));
  std::vector<std::unique_ptr<TableSet>> sets;
  for (int i = 0; i < 1000; ++i) {
    sets.push_back(std::make_unique<TableSet>(layout, kGroups, TableSet::LongKeys::Copied, size));
    upsert(*sets.back(), {"a", "b", "c", "d", "e"});
  }

  EXPECT_LE(size.bytes, 8u << 20);
}

// The limit of design.md: 16-byte keys, a million of them, accumulators of 24 to 40 bytes.
TEST_F(TableSetTest, AMillionKeysCostAtMost140BytesEach) {
  constexpr std::size_t kKeys = 1'000'000;
  for (const std::size_t value_size : {24, 32, 40}) {
    const TableLayout layout(16, 8, std::vector<std::byte>(value_size));
    TableSet set(layout, kGroups, TableSet::LongKeys::Copied, size);
    for (std::size_t first = 0; first < kKeys; first += kBatchRows) {
      std::vector<std::string> keys;
      for (std::size_t i = first; i < first + kBatchRows && i < kKeys; ++i)
        keys.push_back("user-" + std::to_string(10'000'000'000 + i));
      upsert(set, keys);
      ASSERT_EQ(keys[0].size(), 16u);
      if (first % (kBatchRows * 100) != 0 || first == 0) continue;
      ASSERT_LE(static_cast<double>(size.bytes) / static_cast<double>(size.keys),
                first > 100'000 ? 140 : 200)
          << size.keys;
    }
    ASSERT_EQ(size.keys, kKeys);
    RecordProperty("bytes_per_key", static_cast<int>(size.bytes / size.keys));
  }
}

RC_GTEST_FIXTURE_PROP(TableSetTest, BatchesOfAnySizeGiveTheSameEntriesInTheSameOrder, ()) {
  const TableLayout layout(8, 8, number_as_bytes(0));
  const KeyGroupRange few{4, 0, 4};
  StateSize whole_size;
  TableSet whole(layout, few, TableSet::LongKeys::Copied, whole_size);
  TableSet parts(layout, few, TableSet::LongKeys::Copied, whole_size);
  std::vector<std::string> keys;
  for (const auto number : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 50)))
    keys.push_back(std::string(static_cast<std::size_t>(number % 20), 'k') +
                   std::to_string(number));

  upsert(whole, keys);
  for (std::size_t i = 0; i < keys.size(); ++i)
    count(i) += static_cast<std::int64_t>(i);
  for (std::size_t first = 0; first < keys.size();) {
    const auto size_of_part = *rc::gen::inRange<std::size_t>(1, keys.size() - first + 1);
    upsert(parts,
           {keys.begin() + static_cast<std::ptrdiff_t>(first),
            keys.begin() + static_cast<std::ptrdiff_t>(first + size_of_part)});
    for (std::size_t i = 0; i < size_of_part; ++i)
      count(i) += static_cast<std::int64_t>(first + i);
    first += size_of_part;
  }

  for (std::uint32_t group = 0; group < few.count; ++group) {
    RC_ASSERT(whole.table(group).size() == parts.table(group).size());
    for (std::uint32_t number = 0; number < whole.table(group).size(); ++number) {
      const std::byte* left = whole.table(group).entry(layout, number);
      const std::byte* right = parts.table(group).entry(layout, number);
      RC_ASSERT(layout.key(left) == layout.key(right));
      RC_ASSERT(std::memcmp(layout.value(left), layout.value(right), 8) == 0);
    }
  }
}

}  // namespace
}  // namespace weir
