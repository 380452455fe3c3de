#pragma once

#include <cstring>
#include <simdjson.h>
#include <string_view>

namespace weir::limit {

// True when a key as it stands in the input is `name`. Looks at the first byte before anything
// else: most keys are others.
template <std::size_t N>
bool is_key(simdjson::ondemand::raw_json_string key, const char (&name)[N]) {
  const char* raw = key.raw();
  return raw[0] == name[0] && std::memcmp(raw, name, N - 1) == 0 && raw[N - 1] == '"';
}

// Calls visit(key, value) for each field of one JSON object until it returns false. Keys are
// compared as they stand in the input. 64 bytes behind `json` may be read. Stops at the first thing
// that is not JSON.
template <class Visit>
void scan(simdjson::ondemand::parser& parser, std::string_view json, Visit visit) {
  const simdjson::padded_string_view padded(
      json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return;
  simdjson::ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return;
  for (auto field : object) {
    simdjson::ondemand::raw_json_string key;
    if (field.key().get(key) != simdjson::SUCCESS) return;
    if (!visit(key, field.value())) return;
  }
}

}  // namespace weir::limit
