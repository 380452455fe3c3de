#include "operators/window_aggregate.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/format.h"
#include "operators/derived_slices.h"
#include "operators/plugin_call.h"
#include "operators/running_merge.h"
#include "operators/slice_collection.h"
#include "operators/state_schema.h"
#include "operators/window_fire.h"
#include "operators/window_intake.h"

namespace weir {
namespace {

constexpr std::size_t kRowsPerAdvance = kBatchRows * 16;
constexpr std::size_t kGroupsPerAdvance = kBatchRows * 64;
constexpr std::size_t kKeysPerRun = kBatchRows * 16;
constexpr std::size_t kKeyRoomMax = 48;

// A window on its way out: the key groups before `next_group` have been put into a run of tables,
// those of the run before `table` and `entry` have been fired.
struct Firing {
  WindowNumber window;
  std::uint32_t groups_per_run = 0;
  std::uint32_t next_group = 0;
  std::vector<const Table*> run = {};
  std::size_t table = 0;
  std::uint32_t entry = 0;
  std::size_t keys = 0;  // Fired.

  bool run_is_over() const { return table == run.size(); }
};

std::string schema_of(const StateSchema& state) {
  return format("aggregate, version {}, {}", state.version, text_of(state.record, Offsets::Told));
}

class WindowAggregate final : public Operator, private StateIntake {
 public:
  explicit WindowAggregate(WindowAggregateOptions options)
      : options_(std::move(options)),
        texts_(schema_of(options_.state), options_.window, options_.key),
        intake_(options_.window, options_.groups),
        changes_([this](StateDelta& delta, const SliceTables::Changed& changed) {
          write(delta, changed);
        }),
        fire_(*options_.functions, options_.output_size, 0),
        merge_(*options_.functions) {}

  Status process(std::size_t port, RowBatch batch, Output& output) override;
  Result<Advance> advance(EventTime watermark, Output& output) override;
  void collect(StateDelta& delta) override;
  bool collect_more() override { return changes_.go_on(); }
  Status restore(StateReader& state) override;
  void flip(const weir_functions& functions) override;
  std::size_t key_count() const override { return slices_ ? slices_->size().keys : 0; }
  std::size_t state_bytes() const override {
    return slices_ ? slices_->size().bytes + derived_->bytes() + running_->bytes() : 0;
  }

 private:
  Status take(const StatePlace& place, std::string_view value) override;
  void write(StateDelta& delta, const SliceTables::Changed& changed) const;
  void open_state(std::size_t key_room);
  Status add(const RowBatch& batch, std::span<const std::uint32_t> chosen, Output& output);
  void choose(const RowBatch& batch, std::span<const std::uint32_t> chosen);
  Status add_to_values(const RowBatch& batch, Output& output);
  void forget_refused_keys();
  Status add_behind(const RowBatch& batch, Output& output);
  Status add_to_derived(const RowBatch& batch);
  Status fire_again(const RowBatch& batch, std::uint32_t row, Output& output);

  Result<bool> fire_some(Output& output);
  Status fill_run();
  Status merge_sources(TableRange groups);
  void add_to_run(const Table& table, std::uint32_t group);
  std::uint32_t groups_per_run() const;
  void drop_expired();

  // Set at construction.
  WindowAggregateOptions options_;
  StateTexts texts_;
  WindowIntake intake_;
  SliceCollection changes_;

  // Made with the first row: its key tells the layout.
  std::unique_ptr<SliceTables> slices_;
  std::unique_ptr<DerivedSlices> derived_;
  std::unique_ptr<RunningMerge> running_;

  WindowFire fire_;
  std::optional<Firing> firing_;
  TableMerge merge_;
  StateSize merged_size_;
  std::unique_ptr<TableSet> merged_;  // Tables of the run under way, where they had to be merged.
  std::optional<std::size_t> keys_of_last_window_;
  std::size_t groups_fired_ = 0;  // By this call of advance().

  // Scratch of process().
  std::span<const std::uint32_t> chosen_;  // Rows of the batch that add() is about …
  std::span<const void* const> rows_;      // … and these themselves.
  std::span<const std::int64_t> times_;
  std::vector<std::uint32_t> refused_;  // Indexes into chosen_.
  std::vector<const void*> chosen_rows_;
  std::vector<std::int64_t> chosen_times_;
  TableBatch tables_;
  std::vector<TableSet*> derived_sets_;
  std::vector<const TableSet*> sources_;
};

void WindowAggregate::open_state(std::size_t key_room) {
  TableLayout layout(
      std::min(key_room, kKeyRoomMax), options_.state.record.alignment, options_.state.initial);
  slices_ = std::make_unique<SliceTables>(std::move(layout), options_.groups);
  const SliceNumber per_window = intake_.slices().slices_per_window();
  const weir_functions& functions = *options_.functions;
  derived_ = std::make_unique<DerivedSlices>(per_window, *slices_, functions);
  running_ = std::make_unique<RunningMerge>(per_window, *slices_, *derived_, functions);
}

Status WindowAggregate::process(std::size_t port, RowBatch batch, Output& output) {
  CHECK(port == 0 && !firing_);
  if (batch.empty()) return Done{};
  CHECK(batch.is_keyed());
  if (slices_ == nullptr) open_state(WindowIntake::largest_key(batch));
  intake_.sort_out(batch);
  TRY_DO(add(batch, intake_.on_time(), output));
  if (!intake_.behind().empty()) TRY_DO(add_behind(batch, output));
  if (!intake_.late().empty())
    output.divert(SideStream::Late, 0, select_rows(batch, intake_.late()));
  return Done{};
}

// Adds rows of one batch to their slices. Afterwards `chosen_` and `refused_` tell which did not
// enter.
Status WindowAggregate::add(const RowBatch& batch,
                            std::span<const std::uint32_t> chosen,
                            Output& output) {
  choose(batch, chosen);
  tables_.clear();
  for (const std::uint32_t row : chosen_) {
    TableSet& set = intake_.slice_at(batch.times[row], *slices_);
    const KeyView& key = batch.keys[row];
    tables_.add(set, set.table_of(key), static_cast<std::uint32_t>(key.hash), key.bytes());
  }
  tables_.upsert();
  if (options_.is_durable) {
    changes_.touch(tables_, [&](std::size_t i) { return intake_.slices().slice_of({times_[i]}); });
  }
  return add_to_values(batch, output);
}

// As a rule all rows are chosen, in their order, and the batch's own arrays will do.
void WindowAggregate::choose(const RowBatch& batch, std::span<const std::uint32_t> chosen) {
  chosen_ = chosen;
  if (chosen.size() == batch.size()) {
    rows_ = batch.rows;
    times_ = batch.times;
    return;
  }
  chosen_rows_.clear();
  chosen_times_.clear();
  for (const std::uint32_t row : chosen) {
    chosen_rows_.push_back(batch.rows[row]);
    chosen_times_.push_back(batch.times[row]);
  }
  rows_ = chosen_rows_;
  times_ = chosen_times_;
}

Status WindowAggregate::add_to_values(const RowBatch& batch, Output& output) {
  refused_.clear();
  const weir_functions& functions = *options_.functions;
  for (PluginCall call("add", rows_.size()); call.has_more();) {
    const weir_rows rows = call.rows(rows_, times_);
    void* const* values = tables_.values().data() + call.first();
    TRY_DO(call.finish(functions.add(functions.self, &rows, values, call.error())));
    if (!call.refused()) continue;
    refused_.push_back(*call.refused());
    TRY_DO(output.reject(0, batch, chosen_[*call.refused()], call.reason()));
  }
  if (!refused_.empty()) forget_refused_keys();
  return Done{};
}

// A key that came into its slice with a refused row only was never there.
void WindowAggregate::forget_refused_keys() {
  const std::span<void* const> values = tables_.values();
  std::vector<bool> is_refused(values.size());
  for (const std::uint32_t row : refused_)
    is_refused[row] = true;
  std::vector<void*> entered;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!is_refused[row]) entered.push_back(values[row]);
  }
  std::ranges::sort(entered);
  for (const std::uint32_t row : refused_) {
    if (tables_.is_new(row) && !std::ranges::binary_search(entered, values[row]))
      tables_.take_back(row);
  }
}

// Without allowed lateness the windows that have fired are closed, and rows only count for the
// others. With it they fire again, row by row: however rows are batched, the same results come out.
Status WindowAggregate::add_behind(const RowBatch& batch, Output& output) {
  if (options_.window.allowed_lateness == 0) {
    TRY_DO(add(batch, intake_.behind(), output));
    return add_to_derived(batch);
  }
  for (const std::uint32_t row : intake_.behind()) {
    TRY_DO(add(batch, {&row, 1}, output));
    if (!refused_.empty()) continue;
    TRY_DO(add_to_derived(batch));
    TRY_DO(fire_again(batch, row, output));
  }
  fire_.flush(output);
  return Done{};
}

// What the rows of the last add() changed must change in the merges made of it.
Status WindowAggregate::add_to_derived(const RowBatch& batch) {
  TableBatch tables;
  std::vector<const void*> rows;
  std::vector<std::int64_t> times;
  for (std::uint32_t i = 0; i < chosen_.size(); ++i) {
    if (std::ranges::find(refused_, i) != refused_.end()) continue;
    const KeyView& key = batch.keys[chosen_[i]];
    const std::uint32_t group = options_.groups.index_of(key.hash);
    const SliceNumber slice = intake_.slices().slice_of({times_[i]});
    derived_->find(slice, group, derived_sets_);
    if (TableSet* running = running_->find(slice, group)) derived_sets_.push_back(running);
    for (TableSet* set : derived_sets_) {
      tables.add(*set, set->table(group), static_cast<std::uint32_t>(key.hash), tables_.key(i));
      rows.push_back(rows_[i]);
      times.push_back(times_[i]);
    }
  }
  if (rows.empty()) return Done{};
  tables.upsert();
  PluginCall call("add", rows.size());
  const weir_rows all = call.rows(rows, times);
  const weir_functions& functions = *options_.functions;
  TRY_DO(call.finish(functions.add(functions.self, &all, tables.values().data(), call.error())));
  if (call.refused())
    return Error(ErrorKind::Plugin, "add: refused a row that it had taken for another accumulator");
  return Done{};
}

Status WindowAggregate::fire_again(const RowBatch& batch, std::uint32_t row, Output& output) {
  const SliceNumber slice = intake_.slices().slice_of({batch.times[row]});
  const KeyView& key = batch.keys[row];
  const auto hash = static_cast<std::uint32_t>(key.hash);
  const std::uint32_t group = options_.groups.index_of(key.hash);
  const auto [first, last] = intake_.fired_windows_of(slice, group);
  for (WindowNumber window = first; window <= last; ++window) {
    StateSize size;
    TableSet merged(slices_->layout(), {1, 0, 1}, TableSet::LongKeys::Borrowed, size);
    TRY_DO(derived_->collect(intake_.slices().slices_of(window), {group, 1}, sources_));
    for (const TableSet* source : sources_) {
      const Table& table = source->table(group);
      const auto number = table.find(slices_->layout(), hash, key.bytes());
      if (number) TRY_DO(merge_.merge_entry(merged, merged.table(0), table, *number));
    }
    fire_.begin(intake_.slices().bounds_of(window));
    const std::byte* entry = merged.table(0).entry(slices_->layout(), 0);
    fire_.add_state(key.bytes(), slices_->layout().value(entry));
    TRY_DO(fire_.run(output));
  }
  return Done{};
}

Result<Advance> WindowAggregate::advance(EventTime watermark, Output& output) {
  intake_.advance(watermark);
  WindowProgress& progress = intake_.progress();
  groups_fired_ = 0;
  while (true) {
    if (!firing_) {
      const auto window = progress.next_complete();
      if (!window) break;
      firing_ = Firing{.window = *window, .groups_per_run = groups_per_run()};
      fire_.begin(intake_.slices().bounds_of(*window));
    }
    TRY(const bool is_over, fire_some(output));
    if (is_over) {
      progress.fired(firing_->window);
      keys_of_last_window_ = firing_->keys;
      firing_.reset();
      drop_expired();
    }
    if (fire_.rows_made() < kRowsPerAdvance && groups_fired_ < kGroupsPerAdvance) continue;
    fire_.flush(output);
    return Advance::More;
  }
  drop_expired();
  fire_.flush(output);
  return Advance::Complete;
}

// Fires one batch of groups. Whether that was the window's last.
Result<bool> WindowAggregate::fire_some(Output& output) {
  Firing& firing = *firing_;
  if (firing.run_is_over()) TRY_DO(fill_run());
  const TableLayout& layout = slices_->layout();
  for (; !firing.run_is_over(); ++firing.table, firing.entry = 0) {
    const Table& table = *firing.run[firing.table];
    for (; firing.entry < table.size() && fire_.group_count() < kBatchRows; ++firing.entry) {
      const std::byte* entry = table.entry(layout, firing.entry);
      if (TableLayout::is_live(entry)) fire_.add_state(layout.key(entry), layout.value(entry));
    }
    if (firing.entry < table.size()) break;
  }
  groups_fired_ += fire_.group_count();
  firing.keys += fire_.group_count();
  TRY_DO(fire_.run(output));
  return firing.run_is_over() && firing.next_group == options_.groups.count;
}

// Takes the next key groups of the window.
Status WindowAggregate::fill_run() {
  Firing& firing = *firing_;
  firing.run.clear();
  firing.table = 0;
  firing.entry = 0;
  const TableRange groups{
      firing.next_group,
      std::min(firing.groups_per_run, options_.groups.count - firing.next_group)};
  firing.next_group += groups.count;
  TRY_DO(running_->collect(intake_.slices().slices_of(firing.window), groups, sources_));
  if (sources_.empty()) return Done{};
  if (sources_.size() == 1) {
    for (std::uint32_t i = 0; i < groups.count; ++i)
      add_to_run(sources_.front()->table(groups.first + i), groups.first + i);
    return Done{};
  }
  return merge_sources(groups);
}

// Makes one table for each key group out of those in sources_.
Status WindowAggregate::merge_sources(TableRange groups) {
  if (merged_ == nullptr) {
    merged_ = std::make_unique<TableSet>(
        slices_->layout(), options_.groups, TableSet::LongKeys::Borrowed, merged_size_);
  }
  for (std::uint32_t i = 0; i < groups.count; ++i)
    merged_->clear(merged_->table(i));
  for (const TableSet* source : sources_)
    TRY_DO(merge_.merge(*merged_, 0, *source, groups));
  groups_fired_ += merged_->size().keys * sources_.size() / 4;
  for (std::uint32_t i = 0; i < groups.count; ++i)
    add_to_run(merged_->table(i), groups.first + i);
  return Done{};
}

void WindowAggregate::add_to_run(const Table& table, std::uint32_t group) {
  if (!intake_.has_fired(group, firing_->window)) firing_->run.push_back(&table);
}

// So many that their keys fill some batches: merging them at once is cheap, and so is keeping them.
std::uint32_t WindowAggregate::groups_per_run() const {
  const std::uint32_t all = options_.groups.count;
  if (intake_.slices().is_tumbling()) return all;
  const std::size_t keys = keys_of_last_window_.value_or(slices_->size().keys) + 1;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(kKeysPerRun * all / keys, 1, all));
}

void WindowAggregate::collect(StateDelta& delta) {
  CHECK(!firing_);
  intake_.note(delta, slices_ ? slices_->layout().key_room() : 0);
  texts_.note(delta);
  changes_.begin(slices_.get(), delta);
}

void WindowAggregate::write(StateDelta& delta, const SliceTables::Changed& changed) const {
  const TableLayout& layout = slices_->layout();
  const void* value = layout.value(changed.entry);
  delta.put(changed.slice,
            static_cast<std::uint16_t>(changed.group),
            {layout.key(changed.entry)},
            {{static_cast<const char*>(value), layout.value_size()}});
}

Status WindowAggregate::restore(StateReader& state) {
  CHECK(slices_ == nullptr);
  TRY_DO(texts_.check(state));
  TRY(const std::size_t key_room, intake_.restore(state));
  if (key_room > 0) open_state(key_room);
  return state.read(static_cast<std::uint16_t>(options_.groups.first),
                    static_cast<std::uint16_t>(options_.groups.count),
                    *this);
}

Status WindowAggregate::take(const StatePlace& place, std::string_view value) {
  const std::uint64_t hash = hash_key(place.key);
  if (slices_ == nullptr || value.size() != slices_->layout().value_size() ||
      key_group_of(hash, options_.groups.total) != place.group)
    return Error(ErrorKind::Corrupt, "an entry is no accumulator of its key group");
  TableSet& set = intake_.restored_slice(place.section, *slices_);
  Table& table = set.table(place.group - options_.groups.first);
  const std::uint32_t number = set.upsert(table, static_cast<std::uint32_t>(hash), place.key);
  const TableLayout& layout = slices_->layout();
  std::memcpy(layout.value(table.entry(layout, number)), value.data(), value.size());
  return Done{};
}

void WindowAggregate::flip(const weir_functions& functions) {
  CHECK(!firing_);
  options_.functions = &functions;
  fire_.flip(functions);
  merge_.flip(functions);
  if (slices_ == nullptr) return;
  running_->flip(functions);
  derived_->flip(functions);
}

void WindowAggregate::drop_expired() {
  while (const auto slice = intake_.progress().next_expired()) {
    running_->drop(*slice);
    derived_->drop(*slice);
    slices_->drop(*slice);
    intake_.drop(*slice);
  }
}

}  // namespace

Result<std::unique_ptr<Operator>> make_window_aggregate(WindowAggregateOptions options) {
  if (!WindowSlices::is_valid(options.window))
    return Error(ErrorKind::Invalid, "window: size, slide, offset or lateness out of range");
  const weir_functions* functions = options.functions;
  if (!reaches_fire(functions) || functions->add == nullptr || functions->fire == nullptr)
    return Error(ErrorKind::Plugin, "window aggregate: add or fire is missing");
  if (functions->merge == nullptr && options.window.size != options.window.slide)
    return Error(ErrorKind::Plugin, "window aggregate: merge is missing, and windows overlap");
  if (options.state.record.alignment > 16 ||
      options.state.initial.size() != options.state.record.size)
    return Error(ErrorKind::Plugin,
                 "window aggregate: the state's record does not fit its initial value");
  return std::unique_ptr<Operator>(std::make_unique<WindowAggregate>(std::move(options)));
}

}  // namespace weir
