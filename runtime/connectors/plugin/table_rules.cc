#include "connectors/plugin/table_rules.h"

#include <set>

#include "base/format.h"
#include "plugin/call_error.h"
#include "plugin/table_sizes.h"

namespace weir::plugin_port {
namespace {

constexpr std::uint32_t kSplitsMax = 65536;
constexpr std::uint64_t kSplitNameMax = 4096;

Error broken(std::string what) {
  return Error(ErrorKind::Plugin, std::move(what));
}

template <class Table>
Status check_size(const Table* table, std::string_view name) {
  if (table == nullptr) return broken(format("no {} was returned", name));
  if (is_whole(*table)) return Done{};
  return broken(
      format("{} has struct_size {}, need at least {}", name, table->struct_size, kSizeMin<Table>));
}

Status require(bool is_there, std::string_view function) {
  if (is_there) return Done{};
  return broken(format("no function {}", function));
}

}  // namespace

Status check_source(const weir_source_instance* instance) {
  TRY_DO(check_size(instance, "source instance"));
  TRY_DO(require(instance->open != nullptr, "open"));
  return require(instance->destroy != nullptr, "destroy");
}

Status check_reader(const weir_split_reader* reader) {
  TRY_DO(check_size(reader, "split reader"));
  TRY_DO(require(reader->poll != nullptr, "poll"));
  TRY_DO(require(reader->position != nullptr, "position"));
  return require(reader->destroy != nullptr, "destroy");
}

Status check_sink(const weir_sink_instance* instance) {
  TRY_DO(check_size(instance, "sink instance"));
  TRY_DO(require(instance->write != nullptr, "write"));
  TRY_DO(require(instance->flush != nullptr, "flush"));
  return require(instance->destroy != nullptr, "destroy");
}

Result<std::vector<std::string>> split_names(const weir_source_instance& instance) {
  if (instance.split_count > kSplitsMax) {
    return broken(format("{} splits, at most {}", instance.split_count, kSplitsMax));
  }
  if (instance.split_count != 0 && instance.splits == nullptr) return broken("no names of splits");
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (std::uint32_t i = 0; i < instance.split_count; ++i) {
    const weir_text& text = instance.splits[i];
    if (text.data == nullptr || text.size == 0 || text.size > kSplitNameMax) {
      return broken(format("split {} has no name of 1 to {} bytes", i, kSplitNameMax));
    }
    if (!seen.insert({text.data, text.size}).second) {
      return broken(format("two splits have the name {}", std::string(text.data, text.size)));
    }
    names.emplace_back(text.data, text.size);
  }
  return names;
}

Error failure(weir_status status, const weir_error& error) {
  if (status == WEIR_FAILED) return error_of(error);
  return broken(format("returned status {}", status));
}

weir_error fresh_error() {
  return fresh_call_error();
}

}  // namespace weir::plugin_port
