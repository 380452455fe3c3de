#include "crash/job_suspects.h"

#include <algorithm>

namespace weir {
namespace {

bool holds(const SplitSuspects::Span& span, std::int64_t offset) {
  return span.first <= offset && offset <= span.last;
}

bool names(const DeathNote& note, const std::string& job, const DeathNote::Records& record) {
  if (note.job != job) return false;
  return std::ranges::any_of(note.records, [&](const DeathNote::Records& each) {
    return each.source == record.source && each.split == record.split &&
           holds(each.span, record.span.first);
  });
}

}  // namespace

bool SplitSuspects::is_suspect(std::int64_t offset) const {
  return std::ranges::any_of(spans, [&](const Span& span) { return holds(span, offset); });
}

bool SplitSuspects::is_poison(std::int64_t offset) const {
  return std::ranges::find(poison, offset) != poison.end();
}

const SplitSuspects* JobSuspects::find(const std::string& source, const std::string& split) const {
  const auto found = splits.find({source, split});
  return found == splits.end() ? nullptr : &found->second;
}

std::vector<PoisonRecord> find_poison(const std::vector<DeathNote>& notes) {
  std::vector<PoisonRecord> poison;
  for (const DeathNote& note : notes) {
    if (note.records.size() != 1) continue;
    const DeathNote::Records& record = note.records.front();
    if (record.span.first != record.span.last) continue;
    const auto other = std::ranges::find_if(notes, [&](const DeathNote& each) {
      return &each != &note && names(each, note.job, record);
    });
    const bool is_known = std::ranges::any_of(poison, [&](const PoisonRecord& each) {
      return each.job == note.job && each.source == record.source && each.split == record.split &&
             each.offset == record.span.first;
    });
    if (other == notes.end() || is_known) continue;
    poison.push_back({.job = note.job,
                      .source = record.source,
                      .split = record.split,
                      .offset = record.span.first,
                      .alone_in = note.name,
                      .also_in = other->name});
  }
  return poison;
}

}  // namespace weir
