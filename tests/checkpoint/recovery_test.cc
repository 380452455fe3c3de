#include "checkpoint/recovery.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::HasSubstr;

constexpr std::optional<std::uint64_t> kNone;

struct Case {
  const char* what;
  RecoveryFacts facts;
  std::optional<RecoveryDecision> decision;  // None: the job must not start.
  bool is_warned = false;
  ErrorKind refusal = ErrorKind::Corrupt;
};

RecoveryFacts with_sinks(std::uint64_t image,
                         std::optional<std::uint64_t> prepared,
                         std::optional<std::uint64_t> published) {
  return {.image = image, .prepared = prepared, .is_transactional = true, .published = published};
}

RecoveryFacts by(std::string prepared, std::string published, RecoveryFacts facts) {
  facts.prepared_by = std::move(prepared);
  facts.published_by = std::move(published);
  return facts;
}

RecoveryFacts restored(std::uint64_t image,
                       std::optional<std::uint64_t> prepared,
                       std::uint64_t published) {
  RecoveryFacts facts = with_sinks(image, prepared, published);
  facts.is_restored = true;
  return facts;
}

RecoveryFacts given_up(std::optional<std::uint64_t> prepared, std::uint64_t published) {
  return {.prepared = prepared,
          .may_start_empty = true,
          .is_transactional = true,
          .published = published};
}

RecoveryFacts alone(std::uint64_t image, std::optional<std::uint64_t> prepared) {
  return {.image = image, .prepared = prepared};
}

RecoveryDecision at(std::uint64_t epoch, PreparedFate fate, PositionsFrom positions) {
  return {.epoch = epoch, .prepared = fate, .positions = positions, .warning = {}};
}

constexpr auto kNothing = PreparedFate::None;
constexpr auto kCommit = PreparedFate::Commit;
constexpr auto kRollBack = PreparedFate::RollBack;
constexpr auto kStart = PositionsFrom::Start;
constexpr auto kImage = PositionsFrom::Image;
constexpr auto kOutside = PositionsFrom::Outside;

const Case kCases[] = {
    {"the first start", with_sinks(0, kNone, kNone), at(0, kNothing, kStart)},
    {"died with the first epoch prepared", with_sinks(0, 1, kNone), at(0, kRollBack, kStart)},
    {"died behind the first publication", with_sinks(0, 1, 1), at(1, kCommit, kImage)},
    {"died between two epochs", with_sinks(7, kNone, 7), at(7, kNothing, kImage)},
    {"died before the publication", with_sinks(7, 8, 7), at(7, kRollBack, kImage)},
    {"died behind the publication", with_sinks(7, 8, 8), at(8, kCommit, kImage)},
    {"the sinks forgot an epoch", with_sinks(7, kNone, 6), at(7, kNothing, kImage), true},
    {"the sinks forgot everything", with_sinks(7, kNone, kNone), at(7, kNothing, kImage), true},
    {"the sinks forgot, one prepared", with_sinks(7, 8, 6), at(7, kRollBack, kImage), true},
    {"the state is gone", with_sinks(0, kNone, 7), std::nullopt, false, ErrorKind::Invalid},
    {"the state is given up", given_up(kNone, 7), at(7, kNothing, kOutside), true},
    {"given up, died before the publication", given_up(8, 7), at(7, kRollBack, kOutside), true},
    {"given up, died behind the publication", given_up(8, 8), at(8, kCommit, kImage)},
    {"given up, not asked again", with_sinks(0, 8, 7), std::nullopt, false, ErrorKind::Invalid},
    {"given up, what is prepared leaves a gap", given_up(9, 7), std::nullopt},
    {"the state is older than it may be", with_sinks(6, kNone, 7), std::nullopt},
    {"the sinks are two ahead of what is prepared", with_sinks(6, 7, 8), std::nullopt},
    {"the sinks are far ahead of the first epoch", with_sinks(0, 1, 5), std::nullopt},
    {"what is prepared leaves a gap", with_sinks(6, 8, 6), std::nullopt},
    {"what is prepared leaves a gap that was published", with_sinks(6, 8, 8), std::nullopt},
    {"what is prepared is older than the image", with_sinks(6, 5, 5), std::nullopt},
    {"what is prepared is in the image", with_sinks(6, 6, 6), std::nullopt},
    {"another host published what is prepared", by("a", "b", with_sinks(7, 8, 8)), std::nullopt},
    {"another's first epoch was published", by("a", "b", with_sinks(0, 1, 1)), std::nullopt},
    {"what is prepared follows another's epoch",
     by("a", "b", with_sinks(7, 8, 7)),
     at(7, kRollBack, kImage)},
    {"restored, died behind the publication",
     by("a", "a", restored(3, 8, 8)),
     at(8, kCommit, kImage)},
    {"restored, died before the publication",
     by("a", "b", restored(3, 8, 7)),
     at(7, kRollBack, kImage),
     true},
    {"restored, another host published what is prepared",
     by("a", "b", restored(3, 8, 8)),
     std::nullopt},
    {"given up, another host published what is prepared",
     by("a", "b", given_up(8, 8)),
     std::nullopt},
    {"alone: the first start", alone(0, kNone), at(0, kNothing, kStart)},
    {"alone: died between two epochs", alone(7, kNone), at(7, kNothing, kImage)},
    {"alone: died behind the flush", alone(7, 8), at(7, kRollBack, kImage)},
    {"alone: died in the first epoch", alone(0, 1), at(0, kRollBack, kStart)},
    {"alone: prepared by another", by("a", "b", alone(7, 8)), at(7, kRollBack, kImage)},
    {"alone: what is prepared leaves a gap", alone(7, 9), std::nullopt},
    {"alone: what is prepared is in the image", alone(7, 7), std::nullopt},
};

TEST(Recovery, DecidesEveryCase) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(each.what);

    const auto decided = decide_recovery(each.facts);

    ASSERT_EQ(decided.has_value(), each.decision.has_value());
    if (!decided) {
      EXPECT_EQ(decided.error().kind(), each.refusal);
      continue;
    }
    EXPECT_EQ(decided->epoch, each.decision->epoch);
    EXPECT_EQ(decided->prepared, each.decision->prepared);
    EXPECT_EQ(decided->positions, each.decision->positions);
    EXPECT_EQ(!decided->warning.empty(), each.is_warned) << decided->warning;
  }
}

// Whatever the numbers are: an epoch that was published is never given again, and the state that
// the job goes on with is that of the epoch it goes on behind.
TEST(Recovery, NeverGoesOnBesideTheState) {
  for (std::uint64_t image = 0; image < 5; ++image) {
    for (std::uint64_t prepared = 0; prepared < 7; ++prepared) {
      for (std::uint64_t published = 0; published < 7; ++published) {
        RecoveryFacts facts = with_sinks(image, kNone, published);
        if (prepared > 0) facts.prepared = prepared;
        const auto decided = decide_recovery(facts);
        if (!decided) continue;
        SCOPED_TRACE(testing::Message() << image << ' ' << prepared << ' ' << published);
        EXPECT_GE(decided->epoch, published);
        EXPECT_EQ(decided->prepared == kNothing, prepared == 0);
        const std::uint64_t state = decided->prepared == kCommit ? prepared : image;
        EXPECT_TRUE(state == decided->epoch || (state == 0 && decided->positions == kOutside));
      }
    }
  }
}

TEST(Recovery, NamesTheHostThatPublishedInItsPlace) {
  const auto decided = decide_recovery(by("here/1/2.3", "there/4/5.6", with_sinks(7, 8, 8)));

  EXPECT_THAT(decided.error().message(),
              HasSubstr("epoch 8 of here/1/2.3 prepared, the sinks epoch 8 of there/4/5.6"));
}

TEST(Recovery, SaysWhatDoesNotFit) {
  const auto decided = decide_recovery(with_sinks(6, kNone, 9));

  EXPECT_THAT(decided.error().message(),
              HasSubstr("ends with epoch 6, but the sinks hold epoch 9"));
}

}  // namespace
}  // namespace weir
