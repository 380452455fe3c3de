#include "connectors/kafka/epoch_stamp.h"

#include <charconv>
#include <sstream>

#include "base/format.h"

namespace weir::kafka {
namespace {

constexpr std::string_view kName = "weir";

// What follows `name` and '=' in a word.
std::optional<std::string_view> value_of(std::string_view word, std::string_view name) {
  if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') return {};
  return word.substr(name.size() + 1);
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end;
}

}  // namespace

std::string text_of(const EpochStamp& stamp) {
  return format("{} epoch={} id={} run={}{}{}",
                kName,
                stamp.epoch,
                stamp.id,
                stamp.run,
                stamp.owner == stamp.run ? "" : format(" owner={}", stamp.owner),
                stamp.is_marker ? " marker" : "");
}

Result<std::optional<EpochStamp>> read_stamp(std::string_view metadata) {
  std::istringstream words{std::string(metadata)};
  std::string word;
  if (!(words >> word) || word != kName) return std::optional<EpochStamp>();
  EpochStamp stamp;
  bool has_epoch = false;
  std::optional<std::string> owner;
  while (words >> word) {
    if (const auto epoch = value_of(word, "epoch")) {
      has_epoch = read_number(*epoch, stamp.epoch);
    } else if (const auto id = value_of(word, "id"); id && id->size() == 1) {
      stamp.id = id->front();
    } else if (const auto run = value_of(word, "run")) {
      stamp.run = *run;
    } else if (const auto named = value_of(word, "owner")) {
      owner = *named;
    } else if (word == "marker") {
      stamp.is_marker = true;
    }
  }
  if (!has_epoch || (stamp.id != 'a' && stamp.id != 'b')) {
    return Error(ErrorKind::Incompatible,
                 format("metadata of a committed offset names no epoch: {}", metadata));
  }
  stamp.owner = owner.value_or(stamp.run);
  return std::optional(stamp);
}

}  // namespace weir::kafka
