#include "fakes/memory_image.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"

namespace weir::fakes {
namespace {

class MemoryStateReader final : public StateReader {
 public:
  MemoryStateReader(const MemoryDisk& disk, std::string_view uid) : disk_(disk), uid_(uid) {}

  Status read(std::uint16_t first, std::uint16_t count, StateIntake& intake) override {
    std::size_t form = 0;
    for (const auto& [place, value] : disk_.entries) {
      const auto& [uid, section, group, key] = place;
      if (uid != uid_ || group < first || group - first >= count) continue;
      const std::size_t its_form = disk_.entry_forms.at(place);
      if (its_form != form) TRY_DO(intake.begin_form(its_form));
      form = its_form;
      TRY_DO(intake.take({.section = section, .group = group, .key = key}, value));
    }
    return Done{};
  }

  std::vector<std::string> notes(std::string_view name) const override {
    const auto found = disk_.notes.find({uid_, std::string(name)});
    return found == disk_.notes.end() ? std::vector<std::string>() : found->second;
  }

  std::vector<std::string> forms() const override {
    const auto found = disk_.forms.find(uid_);
    return found == disk_.forms.end() ? std::vector<std::string>() : found->second;
  }

 private:
  const MemoryDisk& disk_;
  std::string uid_;
};

class MemoryImage final : public StateImage {
 public:
  explicit MemoryImage(MemoryDisk& disk) : disk_(disk) {}

  std::uint64_t epoch() const override { return disk_.epoch; }
  std::optional<std::uint64_t> prepared() const override {
    if (!disk_.prepared) return std::nullopt;
    return disk_.prepared->epoch;
  }

  std::string prepared_by() const override {
    return disk_.prepared ? disk_.prepared->owner : std::string();
  }

  bool is_restored() const override { return disk_.is_restored; }

  void describe(std::string_view uid, std::string layout) override {
    disk_.layouts.insert_or_assign(std::string(uid), std::move(layout));
  }

  Status prepare(const EpochDelta& delta) override {
    CHECK(!disk_.prepared && delta.epoch > disk_.epoch);
    if (disk_.failure) return *disk_.failure;
    disk_.prepared = delta;
    return Done{};
  }

  Status commit() override {
    CHECK(disk_.prepared);
    const EpochDelta delta = *std::exchange(disk_.prepared, std::nullopt);
    disk_.epoch = delta.epoch;
    disk_.is_restored = false;
    disk_.positions = delta.positions;
    std::set<std::pair<std::string, std::string>> renewed;
    for (const OperatorDelta& changed : delta.operators)
      take(changed, renewed);
    return Done{};
  }

  Status roll_back() override {
    CHECK(disk_.prepared);
    disk_.prepared.reset();
    return Done{};
  }

  Result<std::vector<SourcePositions>> positions() const override { return disk_.positions; }

  std::unique_ptr<StateReader> reader(std::string_view uid) const override {
    return std::make_unique<MemoryStateReader>(disk_, uid);
  }

  Status copy_to(const std::filesystem::path& folder) const override {
    CHECK(!disk_.prepared);
    disk_.copies[folder.string()] = disk_.epoch;
    return Done{};
  }

  std::vector<std::string> operators() const override {
    std::set<std::string> uids;
    for (const auto& [place, value] : disk_.entries)
      uids.insert(std::get<0>(place));
    for (const auto& [name, values] : disk_.notes)
      uids.insert(name.first);
    return {uids.begin(), uids.end()};
  }

 private:
  void take(const OperatorDelta& changed, std::set<std::pair<std::string, std::string>>& renewed) {
    const StateDelta& delta = changed.delta;
    const std::size_t form = form_of(changed.uid);
    for (const StateDelta::Entry& entry : delta.entries()) {
      const StatePlace at = delta.place(entry);
      const MemoryDisk::Place place{changed.uid, at.section, at.group, std::string(at.key)};
      disk_.entries[place] = delta.value(entry);
      disk_.entry_forms[place] = form;
    }
    for (const StateDelta::Drop& drop : delta.drops()) {
      std::erase_if(disk_.entries, [&](const auto& entry) {
        const auto& [uid, section, group, key] = entry.first;
        return uid == changed.uid && section == drop.section && group >= drop.first_group &&
               group - drop.first_group < drop.group_count;
      });
    }
    // What the tasks of the last epoch noted gives way to what those of this one do.
    for (const auto& [name, value] : delta.notes()) {
      auto& values = disk_.notes[{changed.uid, name}];
      if (renewed.insert({changed.uid, name}).second) values.clear();
      values.push_back(value);
    }
  }

  // Of what is written now.
  std::size_t form_of(const std::string& uid) {
    const auto layout = disk_.layouts.find(uid);
    if (layout == disk_.layouts.end()) return 0;
    std::vector<std::string>& forms = disk_.forms[uid];
    const auto known = std::ranges::find(forms, layout->second);
    if (known != forms.end()) return static_cast<std::size_t>(known - forms.begin()) + 1;
    forms.push_back(layout->second);
    return forms.size();
  }

  MemoryDisk& disk_;
};

}  // namespace

std::unique_ptr<StateImage> open_memory_image(MemoryDisk& disk) {
  return std::make_unique<MemoryImage>(disk);
}

}  // namespace weir::fakes
