#include "connectors/plugin/plugin_reader.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "connectors/plugin/table_rules.h"
#include "plugin/control_call.h"
#include "plugin/table_sizes.h"

namespace weir::plugin_port {
namespace {

constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;
constexpr std::uint32_t kStrideMax = 4096;

// The plugin's side of an intake. Passes messages on until one breaks the contract.
struct CheckedIntake {
  weir_intake table;  // First: take() finds the rest from it.
  RecordIntake* target;
  std::uint32_t split;
  std::uint32_t count_max;
  std::uint32_t count;
  const char* broken;

  static void take(weir_intake* intake, const weir_message* messages, std::uint32_t count) noexcept;
  bool take_one(const weir_message& message);
  bool fail(const char* what) {
    broken = what;
    return false;
  }
};

bool is_readable(const weir_bytes& bytes) {
  return bytes.size <= kBytesMax && (bytes.data != nullptr || bytes.size == 0);
}

std::string_view view(const weir_bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

bool CheckedIntake::take_one(const weir_message& message) {
  if (count == count_max) return fail("handed over more messages than asked for");
  if (!is_readable(message.key)) return fail("handed over a message whose key cannot be read");
  if (!is_readable(message.value)) return fail("handed over a message whose value cannot be read");
  ++count;
  target->take({.key = view(message.key),
                .value = view(message.value),
                .has_key = message.key.data != nullptr,
                .split = split,
                .offset = message.offset,
                .timestamp = std::max<std::int64_t>(message.timestamp, -1),
                .headers = {}});
  return true;
}

void CheckedIntake::take(weir_intake* intake,
                         const weir_message* messages,
                         std::uint32_t count) noexcept {
  auto& self = *reinterpret_cast<CheckedIntake*>(intake);
  if (self.broken != nullptr || count == 0) return;
  if (messages == nullptr) {
    self.fail("handed over no messages, but a count");
    return;
  }
  // A plugin of a newer minor may have larger messages.
  const std::uint32_t stride = messages->struct_size;
  if (!is_whole(*messages) || stride > kStrideMax || stride % alignof(weir_message) != 0) {
    self.fail("handed over a message with a wrong struct_size");
    return;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(messages);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto offset = static_cast<std::size_t>(i) * stride;
    if (!self.take_one(*reinterpret_cast<const weir_message*>(bytes + offset))) return;
  }
}

}  // namespace

PluginReader::PluginReader(std::shared_ptr<SourceInstance> instance)
    : instance_(std::move(instance)) {}

PluginReader::~PluginReader() {
  control_call([this] {
    for (const Open& reader : readers_)
      reader.table->destroy(reader.table->self);
  });
}

Status PluginReader::open(std::uint32_t split, std::int64_t position) {
  const weir_source_instance& source = instance_->table();
  const std::string& name = instance_->splits()[split];
  const std::string place = format("open split {} of connector {}", name, instance_->label());
  Open reader{.table = nullptr, .position = position};
  weir_error error = fresh_error();
  const weir_status status = control_call(
      [&] { return source.open(source.self, split, position, &reader.table, &error); });
  if (status != WEIR_OK) return failure(status, error).during(place);
  if (auto checked = check_reader(reader.table); !checked) {
    control_call([&] { discard(reader.table); });
    return std::move(checked).error().during(place);
  }
  splits_.push_back({.name = name,
                     .topic = instance_->label(),
                     .partition = static_cast<std::int32_t>(split),
                     .has_ended = false,
                     .lag = {}});
  readers_.push_back(reader);
  return read_position(readers_.back()).during(place);
}

Status PluginReader::read_position(Open& reader) const {
  reader.position = reader.table->position(reader.table->self);
  if (reader.position >= 0) return Done{};
  return Error(ErrorKind::Plugin,
               format("position {}, negative ones stand for the beginning", reader.position));
}

Result<std::size_t> PluginReader::poll(std::size_t records_max, RecordIntake& intake) {
  for (std::size_t tried = 0; tried < readers_.size(); ++tried) {
    const std::size_t index = next_;
    next_ = (next_ + 1) % readers_.size();
    if (splits_[index].has_ended) continue;
    const auto count_max =
        static_cast<std::uint32_t>(std::min<std::size_t>(records_max, UINT32_MAX));
    auto count = poll_split(index, count_max, intake);
    if (!count) {
      return std::move(count).error().during(
          format("poll split {} of connector {}", splits_[index].name, instance_->label()));
    }
    if (*count != 0) return *count;
  }
  return std::size_t{0};
}

Result<std::size_t> PluginReader::poll_split(std::size_t index,
                                             std::uint32_t count_max,
                                             RecordIntake& intake) {
  Open& reader = readers_[index];
  CheckedIntake checked{
      .table = {.struct_size = sizeof(weir_intake), .reserved = 0, .take = &CheckedIntake::take},
      .target = &intake,
      .split = static_cast<std::uint32_t>(index),
      .count_max = count_max,
      .count = 0,
      .broken = nullptr};
  std::uint32_t has_ended = 0;
  weir_error error = fresh_error();
  const weir_status status =
      reader.table->poll(reader.table->self, count_max, &checked.table, &has_ended, &error);
  if (checked.broken != nullptr) return Error(ErrorKind::Plugin, checked.broken);
  if (status != WEIR_OK && status != WEIR_AGAIN) return failure(status, error);
  splits_[index].has_ended = status == WEIR_OK && has_ended != 0;
  if (checked.count != 0) TRY_DO(read_position(reader));
  return std::size_t{checked.count};
}

bool PluginReader::has_ended() const {
  return std::all_of(
      splits_.begin(), splits_.end(), [](const Split& split) { return split.has_ended; });
}

std::vector<SplitPosition> PluginReader::positions() const {
  std::vector<SplitPosition> positions;
  for (std::size_t i = 0; i < splits_.size(); ++i) {
    positions.push_back({.split = splits_[i].name, .position = readers_[i].position});
  }
  return positions;
}

}  // namespace weir::plugin_port
