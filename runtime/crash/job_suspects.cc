#include "crash/job_suspects.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <xxhash.h>

namespace weir {
namespace {

bool is_of(std::string_view build, std::string_view current) {
  return build.empty() || current.empty() || build == current;
}

// Whether `other` may have been about the only record of `note`.
bool names(const DeathNote& other, const DeathNote& note) {
  if (other.job != note.job || other.build != note.build) return false;
  if (other.fingerprint && other.fingerprint != note.fingerprint) return false;
  const DeathNote::Records& record = note.records.front();
  return std::ranges::any_of(other.records, [&](const DeathNote::Records& each) {
    if (each.source != record.source || each.split != record.split) return false;
    const SuspectSpan& span = each.span;
    const bool is_another = span.first == record.span.first &&
                            span.timestamp != record.span.timestamp && span.timestamp >= 0 &&
                            record.span.timestamp >= 0;
    return !is_another && span.first <= record.span.first && record.span.first <= span.last;
  });
}

}  // namespace

std::uint64_t fingerprint_of(const SuspectRecord& record) {
  const std::uint64_t sizes[] = {static_cast<std::uint64_t>(record.timestamp), record.key.size()};
  const std::uint64_t seed = XXH3_64bits(sizes, sizeof(sizes));
  const std::uint64_t key = XXH3_64bits_withSeed(record.key.data(), record.key.size(), seed);
  return XXH3_64bits_withSeed(record.value.data(), record.value.size(), key);
}

SuspectWatch::SuspectWatch(std::vector<SuspectSpan> spans, std::vector<SuspectVerdict> verdicts)
    : spans_(std::move(spans)), verdicts_(std::move(verdicts)) {
  std::ranges::sort(spans_, {}, &SuspectSpan::first);
  std::ranges::sort(verdicts_, {}, &SuspectVerdict::offset);
}

SuspectWatch::Opinion SuspectWatch::look(const SuspectRecord& record) {
  std::erase_if(open_, [&](std::int64_t last) { return last < record.offset; });
  for (; next_span_ < spans_.size() && spans_[next_span_].first <= record.offset; ++next_span_) {
    const SuspectSpan& span = spans_[next_span_];
    if (span.last < record.offset) continue;
    const bool is_another = span.first == record.offset && span.timestamp >= 0 &&
                            record.timestamp >= 0 && span.timestamp != record.timestamp;
    if (!is_another) open_.push_back(span.last);
  }
  Opinion opinion = open_.empty() ? Opinion::Harmless : Opinion::Suspect;
  for (; next_verdict_ < verdicts_.size() && verdicts_[next_verdict_].offset <= record.offset;
       ++next_verdict_) {
    const SuspectVerdict& verdict = verdicts_[next_verdict_];
    if (verdict.offset != record.offset) continue;
    if (!verdict.fingerprint || *verdict.fingerprint == fingerprint_of(record)) {
      opinion = Opinion::Poison;
    }
  }
  std::erase(open_, record.offset);
  return opinion;
}

SuspectWatch JobSuspects::watch(const std::string& source,
                                const std::string& split,
                                std::string_view build) const {
  const auto found = splits.find({source, split});
  if (found == splits.end()) return {};
  Split known = found->second;
  std::erase_if(known.spans, [&](const auto& span) { return !is_of(span.build, build); });
  std::erase_if(known.verdicts, [&](const auto& verdict) { return !is_of(verdict.build, build); });
  return {std::move(known.spans), std::move(known.verdicts)};
}

bool PoisonRecord::is_about_the_same(const PoisonRecord& other) const {
  const auto place = [](const PoisonRecord& each) {
    const SuspectVerdict& about = each.verdict;
    return std::tie(
        each.job, each.source, each.split, about.offset, about.fingerprint, about.build);
  };
  return place(*this) == place(other);
}

std::vector<PoisonRecord> find_poison(const std::vector<DeathNote>& notes) {
  std::vector<PoisonRecord> poison;
  for (const DeathNote& note : notes) {
    if (note.records.size() != 1 || !note.fingerprint) continue;
    const DeathNote::Records& record = note.records.front();
    const auto other = std::ranges::find_if(
        notes, [&](const DeathNote& each) { return &each != &note && names(each, note); });
    if (other == notes.end()) continue;
    PoisonRecord found{.job = note.job,
                       .source = record.source,
                       .split = record.split,
                       .verdict = {.offset = record.span.first,
                                   .fingerprint = note.fingerprint,
                                   .build = note.build},
                       .alone_in = note.name,
                       .also_in = other->name};
    const bool is_known = std::ranges::any_of(
        poison, [&](const PoisonRecord& each) { return each.is_about_the_same(found); });
    if (!is_known) poison.push_back(std::move(found));
  }
  return poison;
}

}  // namespace weir
