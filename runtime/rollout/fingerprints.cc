#include "rollout/fingerprints.h"

#include <cstddef>
#include <variant>
#include <xxhash.h>

#include "base/format.h"

namespace weir {
namespace {

// Each value with its length before it, so that two lists never look alike.
class Listing final {
 public:
  Listing() = default;
  // Without secrets, and without the folder in front of a path.
  Listing(const Secrets& secrets, const std::filesystem::path& folder)
      : secrets_(&secrets), folder_(folder.string() + '/') {}

  Listing& add(std::string_view text) {
    if (!folder_.empty() && text.starts_with(folder_)) text.remove_prefix(folder_.size());
    const std::string shown = secrets_ ? secrets_->redact(std::string(text)) : std::string(text);
    text_ += format("{}:{}", shown.size(), shown);
    return *this;
  }
  template <class Number>
  Listing& number(Number value) {
    return add(format("{}", value));
  }
  const std::string& text() const { return text_; }

 private:
  const Secrets* secrets_ = nullptr;
  std::string folder_;
  std::string text_;
};

void add(Listing& listing, const RecordSchema& record) {
  listing.number(record.size).number(record.alignment).number(record.fields.size());
  for (const Field& field : record.fields) {
    listing.add(field.name).add(name_of(field.type)).number(field.offset).number(field.size);
    listing.number(field.presence_offset.value_or(0));
    for (const Enumerator& each : field.enumerators)
      listing.add(each.name).number(each.value);
    if (field.record) add(listing, *field.record);
  }
}

void add(Listing& listing, const OperatorDescription& op) {
  listing.add(op.uid).add(name_of(op.kind)).number(op.inputs.size());
  for (const std::size_t input : op.inputs)
    listing.number(input);
  if (op.output) add(listing, *op.output);
  for (const KeyField& field : op.key.value_or(KeySchema{}).fields)
    listing.add(field.name).add(name_of(field.type));
  if (op.state) {
    add(listing, op.state->record);
    for (const std::byte each : op.state->initial)
      listing.number(std::to_integer<int>(each));
  }
  if (op.window) {
    listing.number(op.window->size).number(op.window->slide).number(op.window->offset);
    listing.number(op.window->allowed_lateness);
  }
  if (op.event_time) {
    listing.number(op.event_time->field_offset).number(op.event_time->out_of_order);
  }
}

void add(Listing& listing, const OptionValue& value) {
  listing.number(value.index());
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    listing.number(list->size());
    for (const std::string& text : *list)
      listing.add(text);
    return;
  }
  if (const auto* text = std::get_if<std::string>(&value)) listing.add(*text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) listing.number(*whole);
  if (const auto* real = std::get_if<double>(&value)) listing.number(*real);
  if (const auto* is_set = std::get_if<bool>(&value)) listing.number(*is_set ? 1 : 0);
}

void add(Listing& listing, const PortRequest& request) {
  listing.add(request.port).number(request.options.size());
  for (const auto& [name, value] : request.options) {
    listing.add(name);
    add(listing, value);
  }
  // Of the clusters, the one that the port names: a new one beside it changes nothing here.
  const auto named = request.options.find("cluster");
  if (named == request.options.end()) return;
  const auto* name = std::get_if<std::string>(&named->second);
  const auto found = name ? request.clusters.find(*name) : request.clusters.end();
  if (found == request.clusters.end()) return;
  listing.add(found->second.brokers);
  for (const auto& [key, value] : found->second.properties)
    listing.add(key).add(value);
}

void add(Listing& listing, const std::map<std::string, std::string>& fields) {
  listing.number(fields.size());
  for (const auto& [field, header] : fields)
    listing.add(field).add(header);
}

void add(Listing& listing, const SourceSpec& source) {
  listing.add(source.uid).add(source.connector).add(source.format);
  add(listing, source.request);
  listing.number(source.unnatural_after.count()).number(source.idle_after.count());
  listing.number(source.out_of_order ? source.out_of_order->count() : -1);
  listing.number(source.watermark_every).add(source.key_field);
  add(listing, source.header_fields);
}

void add(Listing& listing, const SinkSpec& sink) {
  listing.add(sink.uid).add(sink.connector).add(sink.format).add(name_of(sink.delivery));
  add(listing, sink.request);
  for (const std::string& field : sink.key)
    listing.add(field);
  add(listing, sink.header_fields);
}

void add(Listing& listing, const SideSpec& side) {
  listing.add(side.stream).add(side.connector).add(name_of(side.delivery));
  add(listing, side.request);
  listing.number(side.slower_than.count()).number(side.value_bytes_max);
}

}  // namespace

std::string fingerprint_of(std::string_view text) {
  return format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::string graph_fingerprint(const JobDescription& job) {
  Listing listing;
  for (const OperatorDescription& op : job.operators)
    add(listing, op);
  for (const std::string& pool : job.pools)
    listing.add(pool);
  return fingerprint_of(listing.text());
}

std::string parameters_fingerprint(const JobDescription& job, const JobSpec& spec) {
  Listing listing;
  for (std::size_t i = 0; i < spec.parameters.size() && i < job.parameters.size(); ++i) {
    listing.add(job.parameters[i].name).number(spec.parameters[i].index());
    std::visit([&](const auto& value) { listing.add(format("{}", value)); }, spec.parameters[i]);
  }
  return fingerprint_of(listing.text());
}

std::string settings_fingerprint(const JobSpec& spec,
                                 const Secrets& secrets,
                                 const std::filesystem::path& folder) {
  Listing listing(secrets, folder);
  listing.add(spec.type).number(spec.epoch.count()).number(spec.epoch_bytes.value_or(0));
  listing.number(static_cast<int>(spec.on_error));
  for (const SourceSpec& source : spec.sources)
    add(listing, source);
  for (const SinkSpec& sink : spec.sinks)
    add(listing, sink);
  for (const SideSpec& side : spec.sides)
    add(listing, side);
  for (const PoolSpec& pool : spec.pools)
    listing.add(pool.name).add(pool.path.string());
  return fingerprint_of(listing.text());
}

}  // namespace weir
