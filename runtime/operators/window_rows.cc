#include "operators/window_rows.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/packed.h"
#include "operators/plugin_call.h"
#include "operators/row_groups.h"
#include "operators/slice_collection.h"
#include "operators/state_schema.h"
#include "operators/window_fire.h"
#include "operators/window_intake.h"
#include "state/row_chain.h"

namespace weir {
namespace {

constexpr std::size_t kRowsPerAdvance = kBatchRows * 16;
constexpr std::size_t kWorkPerAdvance = kBatchRows * 256;
constexpr std::size_t kRowsPerFire = kBatchRows * 16;
constexpr std::size_t kKeyRoomMax = 48;

// A window on its way out.
struct Firing {
  WindowNumber window;
  std::uint32_t next_group = 0;  // Key groups before it are in groups_ or done.
  std::size_t next_key = 0;      // Of groups_; those before it have been fired.
};

constexpr std::size_t kKeyTailSize = sizeof(std::uint8_t) + sizeof(std::uint32_t);

std::string schema_of(const std::vector<std::shared_ptr<const RecordSchema>>& inputs) {
  std::string text = "rows";
  for (const auto& input : inputs)
    text += ", " + text_of(*input, Offsets::Left);
  return text;
}

class WindowRows final : public Operator, private StateIntake {
 public:
  explicit WindowRows(WindowRowsOptions options)
      : options_(std::move(options)),
        texts_(schema_of(options_.inputs), options_.window, options_.key),
        intake_(options_.window, options_.groups),
        changes_([this](StateDelta& delta, const SliceTables::Changed& changed) {
          write(delta, changed);
        }),
        fire_(*options_.functions,
              options_.output_size,
              static_cast<std::uint32_t>(options_.inputs.size())) {
    for (const auto& input : options_.inputs)
      sides_.emplace_back(*input);
  }

  Status process(std::size_t port, RowBatch batch, Output& output) override;
  Result<Advance> advance(EventTime watermark, Output& output) override;
  void collect(StateDelta& delta) override;
  bool collect_more() override { return changes_.go_on(); }
  Status restore(StateReader& state) override;
  void flip(const weir_functions& functions) override {
    CHECK(!firing_);
    fire_.flip(functions);
  }
  std::size_t key_count() const override { return slices_ ? slices_->size().keys : 0; }
  std::size_t state_bytes() const override { return slices_ ? slices_->size().bytes : 0; }

 private:
  Status take(const StatePlace& place, std::string_view value) override;
  void write(StateDelta& delta, const SliceTables::Changed& changed);
  void open_state(std::size_t key_room);
  void append(std::size_t port, const RowBatch& batch, std::span<const std::uint32_t> chosen);
  Status fire_again(const RowBatch& batch, std::uint32_t row, Output& output);
  void add_rows(const RowChain* chains);
  void fill_groups();
  void prefetch(std::size_t key) const;
  Result<bool> fire_some(Output& output);
  void drop_expired();

  // Set at construction.
  WindowRowsOptions options_;
  StateTexts texts_;
  std::vector<RowChains> sides_;

  WindowIntake intake_;
  SliceCollection changes_;
  std::unique_ptr<SliceTables> slices_;  // Made with the first row: its key tells the layout.
  WindowFire fire_;
  std::optional<Firing> firing_;
  RowGroups groups_;  // Of the window that fires.
  std::vector<const TableSet*> sets_;
  std::vector<const Table*> sources_;
  std::size_t work_done_ = 0;  // Rows and keys handled by this call of advance().

  // Scratch of process().
  TableBatch tables_;
  std::vector<TableSet*> owners_;

  // Scratch of write() and take().
  std::string packed_;
  std::vector<std::max_align_t> row_;
};

// The value of a key: one chain for each side.
void WindowRows::open_state(std::size_t key_room) {
  const std::vector<RowChain> fresh(sides_.size());
  TableLayout layout(
      std::min(key_room, kKeyRoomMax), alignof(RowChain), std::as_bytes(std::span(fresh)));
  slices_ = std::make_unique<SliceTables>(std::move(layout), options_.groups);
}

Status WindowRows::process(std::size_t port, RowBatch batch, Output& output) {
  CHECK(port < sides_.size() && !firing_);
  if (batch.empty()) return Done{};
  CHECK(batch.is_keyed());
  if (slices_ == nullptr) open_state(WindowIntake::largest_key(batch));
  intake_.sort_out(batch);
  append(port, batch, intake_.on_time());
  if (options_.window.allowed_lateness == 0) {
    append(port, batch, intake_.behind());
  } else {
    for (const std::uint32_t row : intake_.behind()) {
      append(port, batch, {&row, 1});
      TRY_DO(fire_again(batch, row, output));
    }
    fire_.flush(output);
  }
  if (!intake_.late().empty())
    output.divert(SideStream::Late, port, select_rows(batch, intake_.late()));
  return Done{};
}

void WindowRows::append(std::size_t port,
                        const RowBatch& batch,
                        std::span<const std::uint32_t> chosen) {
  tables_.clear();
  owners_.clear();
  for (const std::uint32_t row : chosen) {
    TableSet& set = intake_.slice_at(batch.times[row], *slices_);
    const KeyView& key = batch.keys[row];
    tables_.add(set, set.table_of(key), static_cast<std::uint32_t>(key.hash), key.bytes());
    owners_.push_back(&set);
  }
  tables_.upsert();
  if (options_.is_durable) {
    changes_.touch(tables_, [&](std::size_t i) {
      return intake_.slices().slice_of({batch.times[chosen[i]]});
    });
  }
  const std::span<void* const> values = tables_.values();
  const RowChains& side = sides_[port];
  for (void* value : values)
    side.prefetch_end(static_cast<const RowChain*>(value)[port]);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    RowChain& chain = static_cast<RowChain*>(values[i])[port];
    side.append(chain, batch.times[chosen[i]], batch.rows[chosen[i]], *owners_[i]);
  }
}

Status WindowRows::fire_again(const RowBatch& batch, std::uint32_t row, Output& output) {
  const KeyView& key = batch.keys[row];
  const auto hash = static_cast<std::uint32_t>(key.hash);
  const std::uint32_t group = options_.groups.index_of(key.hash);
  const auto [first, last] =
      intake_.fired_windows_of(intake_.slices().slice_of({batch.times[row]}), group);
  for (WindowNumber window = first; window <= last; ++window) {
    slices_->find(intake_.slices().slices_of(window), sets_);
    fire_.begin(intake_.slices().bounds_of(window));
    fire_.add_group(key.bytes());
    for (const TableSet* set : sets_) {
      const Table& table = set->table(group);
      const auto number = table.find(slices_->layout(), hash, key.bytes());
      if (!number) continue;
      const std::byte* entry = table.entry(slices_->layout(), *number);
      add_rows(static_cast<const RowChain*>(slices_->layout().value(entry)));
    }
    TRY_DO(fire_.run(output));
  }
  return Done{};
}

// Adds one slice's rows to the group that fire_ was told last.
void WindowRows::add_rows(const RowChain* chains) {
  for (std::size_t side = 0; side < sides_.size(); ++side)
    sides_[side].read(chains[side], fire_.side(side).rows, fire_.side(side).times);
}

Result<Advance> WindowRows::advance(EventTime watermark, Output& output) {
  intake_.advance(watermark);
  WindowProgress& progress = intake_.progress();
  work_done_ = 0;
  while (true) {
    if (!firing_) {
      const auto window = progress.next_complete();
      if (!window) break;
      firing_ = Firing{.window = *window};
      groups_.clear();
      fire_.begin(intake_.slices().bounds_of(*window));
    }
    TRY(const bool is_over, fire_some(output));
    if (is_over) {
      progress.fired(firing_->window);
      firing_.reset();
      drop_expired();
    }
    if (fire_.rows_made() < kRowsPerAdvance && work_done_ < kWorkPerAdvance) continue;
    fire_.flush(output);
    return Advance::More;
  }
  drop_expired();
  fire_.flush(output);
  return Advance::Complete;
}

// Fires one batch of groups. Whether that was the window's last.
Result<bool> WindowRows::fire_some(Output& output) {
  Firing& firing = *firing_;
  if (firing.next_key == groups_.size()) fill_groups();
  for (; firing.next_key < groups_.size(); ++firing.next_key) {
    if (fire_.group_count() == kBatchRows || fire_.row_count() >= kRowsPerFire) break;
    prefetch(firing.next_key);
    fire_.add_group(groups_.key(firing.next_key));
    const RowGroups::Link* link = groups_.first(firing.next_key);
    for (; link != nullptr; link = groups_.next(*link))
      add_rows(link->chains);
  }
  work_done_ += fire_.group_count() + fire_.row_count();
  TRY_DO(fire_.run(output));
  return firing.next_key == groups_.size() && firing.next_group == options_.groups.count;
}

// The rows of a window lie everywhere in memory. While one key is fired, the chains of a key to
// come are fetched, the first chunks of one that comes sooner, and so on: each step needs what the
// one before has fetched.
void WindowRows::prefetch(std::size_t key) const {
  constexpr std::size_t kKeysApart = 4;
  const auto each_chain = [&](std::size_t ahead, const auto& visit) {
    if (key + ahead >= groups_.size()) return;
    const RowGroups::Link* link = groups_.first(key + ahead);
    for (; link != nullptr; link = groups_.next(*link))
      visit(link->chains);
  };
  std::size_t ahead = kKeysApart * (RowChains::kChunksFetched + 1);
  each_chain(ahead, [](const RowChain* chains) { __builtin_prefetch(chains); });
  for (std::uint32_t chunk = 0; chunk < RowChains::kChunksFetched; ++chunk) {
    ahead -= kKeysApart;
    each_chain(ahead, [&](const RowChain* chains) {
      for (std::size_t side = 0; side < sides_.size(); ++side)
        sides_[side].prefetch_chunk(chains[side], chunk);
    });
  }
}

// Takes the next key groups of the window, until their keys fill a batch.
void WindowRows::fill_groups() {
  Firing& firing = *firing_;
  groups_.clear();
  firing.next_key = 0;
  const SliceRange range = intake_.slices().slices_of(firing.window);
  slices_->find(range, sets_);
  while (firing.next_group < options_.groups.count && groups_.size() < kBatchRows) {
    const std::uint32_t group = firing.next_group++;
    if (intake_.has_fired(group, firing.window)) continue;
    sources_.clear();
    for (const TableSet* set : sets_) {
      if (!set->table(group).empty()) sources_.push_back(&set->table(group));
    }
    if (!sources_.empty()) groups_.add(slices_->layout(), sources_);
  }
}

void WindowRows::collect(StateDelta& delta) {
  CHECK(!firing_);
  intake_.note(delta, slices_ ? slices_->layout().key_room() : 0);
  texts_.note(delta);
  changes_.begin(slices_.get(), delta);
}

void WindowRows::write(StateDelta& delta, const SliceTables::Changed& changed) {
  const TableLayout& layout = slices_->layout();
  auto* chains = static_cast<RowChain*>(layout.value(changed.entry));
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    RowChain& chain = chains[side];
    if (chain.saved == chain.count) continue;
    const auto side_number = static_cast<std::uint8_t>(side);
    const std::uint32_t count = __builtin_bswap32(chain.saved);
    packed_.clear();
    sides_[side].pack(chain, packed_);
    delta.put(changed.slice,
              static_cast<std::uint16_t>(changed.group),
              {layout.key(changed.entry), packed(side_number), packed(count)},
              {packed_});
  }
}

Status WindowRows::restore(StateReader& state) {
  CHECK(slices_ == nullptr);
  TRY_DO(texts_.check(state));
  TRY(const std::size_t key_room, intake_.restore(state));
  if (key_room > 0) open_state(key_room);
  return state.read(static_cast<std::uint16_t>(options_.groups.first),
                    static_cast<std::uint16_t>(options_.groups.count),
                    *this);
}

Status WindowRows::take(const StatePlace& place, std::string_view value) {
  const Error corrupt(ErrorKind::Corrupt, "an entry holds no rows of its key group");
  if (slices_ == nullptr || place.key.size() < kKeyTailSize) return corrupt;
  const std::string_view key = place.key.substr(0, place.key.size() - kKeyTailSize);
  PackedReader tail(place.key.substr(key.size()));
  const std::size_t side = tail.take<std::uint8_t>();
  const std::uint32_t count = __builtin_bswap32(tail.take<std::uint32_t>());
  const std::uint64_t hash = hash_key(key);
  if (side >= sides_.size() || key_group_of(hash, options_.groups.total) != place.group)
    return corrupt;
  TableSet& set = intake_.restored_slice(place.section, *slices_);
  Table& table = set.table(place.group - options_.groups.first);
  const std::uint32_t number = set.upsert(table, static_cast<std::uint32_t>(hash), key);
  const TableLayout& layout = slices_->layout();
  RowChain& chain = static_cast<RowChain*>(layout.value(table.entry(layout, number)))[side];
  if (chain.count != count) return corrupt;
  row_.resize(sides_[side].row_size() / sizeof(row_[0]) + 1);
  auto* scratch = reinterpret_cast<std::byte*>(row_.data());
  if (!sides_[side].unpack(chain, value, scratch, set)) return corrupt;
  return Done{};
}

void WindowRows::drop_expired() {
  while (const auto slice = intake_.progress().next_expired()) {
    slices_->drop(*slice);
    intake_.drop(*slice);
  }
}

}  // namespace

Result<std::unique_ptr<Operator>> make_window_rows(WindowRowsOptions options) {
  if (!WindowSlices::is_valid(options.window))
    return Error(ErrorKind::Invalid, "window: size, slide, offset or lateness out of range");
  if (!reaches_fire(options.functions) || options.functions->fire == nullptr)
    return Error(ErrorKind::Plugin, "window of rows: fire is missing");
  for (const auto& input : options.inputs) {
    if (input->alignment > 16)
      return Error(ErrorKind::Plugin, "window of rows: alignment above 16: " + input->name);
  }
  return std::unique_ptr<Operator>(std::make_unique<WindowRows>(std::move(options)));
}

}  // namespace weir
