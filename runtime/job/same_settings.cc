#include "job/same_settings.h"

#include <algorithm>

#include "base/format.h"

namespace weir {
namespace {

bool is_same(const ClusterSpec& left, const ClusterSpec& right) {
  return left.name == right.name && left.brokers == right.brokers &&
         left.properties == right.properties;
}

bool is_same(const PortRequest& left, const PortRequest& right) {
  return left.job == right.job && left.port == right.port && left.options == right.options &&
         std::ranges::equal(left.clusters, right.clusters, [](const auto& one, const auto& other) {
           return one.first == other.first && is_same(one.second, other.second);
         });
}

template <class Port>
bool is_same_port(const Port& left, const Port& right) {
  return left.connector == right.connector && left.connector_plugin == right.connector_plugin &&
         is_same(left.request, right.request);
}

bool is_same(const SourceSpec& left, const SourceSpec& right) {
  return left.uid == right.uid && is_same_port(left, right) && left.format == right.format &&
         left.unnatural_after == right.unnatural_after && left.idle_after == right.idle_after &&
         left.out_of_order == right.out_of_order && left.watermark_every == right.watermark_every &&
         left.key_field == right.key_field && left.header_fields == right.header_fields;
}

bool is_same(const SinkSpec& left, const SinkSpec& right) {
  return left.uid == right.uid && is_same_port(left, right) && left.format == right.format &&
         left.delivery == right.delivery && left.key == right.key &&
         left.header_fields == right.header_fields;
}

bool is_same(const SideSpec& left, const SideSpec& right) {
  return left.stream == right.stream && is_same_port(left, right) &&
         left.delivery == right.delivery && left.slower_than == right.slower_than &&
         left.value_bytes_max == right.value_bytes_max;
}

bool is_same(const PoolSpec& left, const PoolSpec& right) {
  return left.name == right.name && left.path == right.path;
}

const std::string& name_of(const SourceSpec& source) {
  return source.uid;
}
const std::string& name_of(const SinkSpec& sink) {
  return sink.uid;
}
const std::string& name_of(const SideSpec& side) {
  return side.stream;
}
const std::string& name_of(const PoolSpec& pool) {
  return pool.name;
}

template <class Spec>
std::string first_change(std::string_view what,
                         const std::vector<Spec>& left,
                         const std::vector<Spec>& right) {
  if (left.size() != right.size()) return format("there are other {}s", what);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!is_same(left[i], right[i])) {
      return format("{} {} is connected otherwise", what, name_of(left[i]));
    }
  }
  return {};
}

}  // namespace

std::string settings_change(const JobSpec& left, const JobSpec& right) {
  for (std::string change : {first_change("source", left.sources, right.sources),
                             first_change("sink", left.sinks, right.sinks),
                             first_change("side stream", left.sides, right.sides),
                             first_change("pool", left.pools, right.pools)}) {
    if (!change.empty()) return change;
  }
  return left.on_error == right.on_error ? "" : "on_error is another one";
}

}  // namespace weir
