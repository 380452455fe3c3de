#include "job/click_job.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "base/format.h"

namespace weir {
namespace {

Field field(std::string name, FieldType type, std::size_t offset, std::size_t size) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = static_cast<std::uint32_t>(offset);
  made.size = static_cast<std::uint32_t>(size);
  return made;
}

std::shared_ptr<const RecordSchema> click_schema() {
  auto schema = std::make_shared<RecordSchema>();
  schema->name = "Click";
  schema->size = sizeof(Click);
  schema->alignment = alignof(Click);
  schema->fields = {field("tm", FieldType::Time, offsetof(Click, tm), 8),
                    field("user", FieldType::Text, offsetof(Click, user), sizeof(weir_text)),
                    field("amount", FieldType::I64, offsetof(Click, amount), 8)};
  return schema;
}

// Accumulators are { amount:i64 }, from version 2 on { seen:i64 = 100  amount:i64 }.
StateSchema total_schema(std::uint32_t version) {
  StateSchema state;
  state.version = version;
  state.record.name = "Total";
  state.record.alignment = alignof(std::int64_t);
  if (version > 1) state.record.fields.push_back(field("seen", FieldType::I64, 0, 8));
  const std::size_t offset = version > 1 ? sizeof(std::int64_t) : 0;
  state.record.fields.push_back(field("amount", FieldType::I64, offset, 8));
  state.record.size = static_cast<std::uint32_t>(offset + sizeof(std::int64_t));
  state.initial.resize(state.record.size);
  if (version > 1) state.initial[0] = std::byte{100};
  return state;
}

std::int64_t& number_at(void* state, std::size_t offset) {
  return *reinterpret_cast<std::int64_t*>(static_cast<std::byte*>(state) + offset);
}

std::int64_t number_at(const void* state, std::size_t offset) {
  return *reinterpret_cast<const std::int64_t*>(static_cast<const std::byte*>(state) + offset);
}

const Click& row_of(const weir_rows* rows, std::uint32_t index) {
  return *static_cast<const Click*>(rows->rows[index]);
}

weir_text copy(weir_arena* arena, std::string_view text) {
  if (static_cast<std::size_t>(arena->end - arena->next) < text.size()) {
    arena->grow(arena, text.size());
  }
  std::copy(text.begin(), text.end(), arena->next);
  const weir_text copied{arena->next, text.size()};
  arena->next += text.size();
  return copied;
}

// Calls `handle` for each row; what it throws makes the row the guilty one.
template <class Handle>
weir_status each_row(std::uint32_t count, weir_error* error, Handle handle) {
  std::uint32_t i = 0;
  try {
    for (; i < count; ++i)
      handle(i);
  } catch (const std::exception& refusal) {
    error->row = i;
    error->message_size = static_cast<std::uint32_t>(std::strlen(refusal.what()));
    std::memcpy(error->message, refusal.what(), error->message_size);
    return WEIR_FAILED;
  }
  return WEIR_OK;
}

void put(weir_out* out, const Click& click, std::uint32_t source) {
  auto* made = static_cast<Click*>(out->reserve(out, 1));
  *made = click;
  made->user = copy(out->arena, click.user_id());
  out->commit(out, 1, &source);
}

// Of one side of a group, whose rows must come in the order of their times.
std::vector<std::int64_t> amounts_of(const weir_rows& side) {
  std::vector<std::int64_t> amounts;
  for (std::uint32_t i = 0; i < side.count; ++i) {
    if (i > 0 && side.times[i] < side.times[i - 1]) throw std::logic_error("rows out of order");
    amounts.push_back(row_of(&side, i).amount);
  }
  return amounts;
}

}  // namespace

class ClickJob::Functions final : public JobFunctions {
 public:
  Functions(const std::deque<Body>& bodies, std::shared_ptr<Guarded<Uses>> uses)
      : bodies_(bodies), uses_(std::move(uses)) {
    uses_->with([](Uses& known) { ++known.live; });
  }
  ~Functions() override {
    uses_->with([](Uses& known) { --known.live; });
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;
  const weir_functions* functions(std::size_t index) const override {
    return &bodies_.at(index).functions;
  }

 private:
  const std::deque<Body>& bodies_;
  std::shared_ptr<Guarded<Uses>> uses_;
};

ClickJob::ClickJob(std::string version) : version_(std::move(version)) {
  description_.name = "clicks";
}

ClickJob::Operator ClickJob::add(OperatorKind kind, std::string uid, std::vector<Operator> inputs) {
  OperatorDescription made;
  made.uid = std::move(uid);
  made.kind = kind;
  made.inputs = std::move(inputs);
  if (kind != OperatorKind::Sink) made.output = click_schema();
  description_.operators.push_back(std::move(made));
  Body& body = bodies_.emplace_back();
  body.functions.struct_size = sizeof(weir_functions);
  body.functions.self = &body;
  return description_.operators.size() - 1;
}

ClickJob::Operator ClickJob::source(std::string uid, std::int64_t out_of_order) {
  const Operator made = add(OperatorKind::Source, std::move(uid), {});
  description_.operators.back().event_time =
      EventTimeSpec{.field_offset = offsetof(Click, tm), .out_of_order = out_of_order};
  return made;
}

ClickJob::Operator ClickJob::filter(std::string uid,
                                    Operator input,
                                    std::function<bool(const Click&)> keeps) {
  const Operator made = add(OperatorKind::Filter, std::move(uid), {input});
  body(made).keeps = std::move(keeps);
  body(made).functions.filter =
      [](void* self, const weir_rows* rows, std::uint8_t* keep, weir_error* error) noexcept {
        const auto& body = *static_cast<Body*>(self);
        return each_row(rows->count, error, [&](std::uint32_t i) {
          keep[i] = body.keeps(row_of(rows, i)) ? 1 : 0;
        });
      };
  return made;
}

ClickJob::Operator ClickJob::map(std::string uid,
                                 Operator input,
                                 std::function<std::vector<std::int64_t>(const Click&)> amounts) {
  const Operator made = add(OperatorKind::Map, std::move(uid), {input});
  body(made).amounts = std::move(amounts);
  body(made).functions.map =
      [](void* self, const weir_rows* rows, weir_out* out, weir_error* error) noexcept {
        const auto& body = *static_cast<Body*>(self);
        return each_row(rows->count, error, [&](std::uint32_t i) {
          Click click = row_of(rows, i);
          for (const std::int64_t amount : body.amounts(click)) {
            click.amount = amount;
            put(out, click, i);
          }
        });
      };
  return made;
}

ClickJob::Operator ClickJob::key_by_user(std::string uid, Operator input) {
  const Operator made = add(OperatorKind::KeyBy, std::move(uid), {input});
  description_.operators.back().key = KeySchema{{{"user", FieldType::Text}}};
  body(made).functions.key = [](void*,
                                const weir_rows* rows,
                                weir_bytes* keys,
                                weir_arena* arena,
                                weir_error* error) noexcept {
    return each_row(rows->count, error, [&](std::uint32_t i) {
      const weir_text key = copy(arena, row_of(rows, i).user_id());
      keys[i] = {reinterpret_cast<const std::uint8_t*>(key.data), key.size};
    });
  };
  return made;
}

ClickJob::Operator ClickJob::unite(std::string uid, std::vector<Operator> inputs) {
  return add(OperatorKind::Union, std::move(uid), std::move(inputs));
}

ClickJob::Operator ClickJob::sum(std::string uid,
                                 Operator input,
                                 WindowSpec window,
                                 std::function<void(const Click&)> look) {
  const Operator made = sum(std::move(uid), input, window, 1);
  body(made).look = std::move(look);
  return made;
}

ClickJob::Operator ClickJob::sum(std::string uid,
                                 Operator input,
                                 WindowSpec window,
                                 std::uint32_t state_version) {
  const Operator made = add(OperatorKind::WindowAggregate, std::move(uid), {input});
  description_.operators.back().window = window;
  description_.operators.back().state = total_schema(state_version);
  body(made).amount_offset = state_version > 1 ? sizeof(std::int64_t) : 0;
  weir_functions& functions = body(made).functions;
  functions.add =
      [](void* self, const weir_rows* rows, void* const* states, weir_error* error) noexcept {
        const auto& body = *static_cast<Body*>(self);
        return each_row(rows->count, error, [&](std::uint32_t i) {
          if (body.look) body.look(row_of(rows, i));
          number_at(states[i], body.amount_offset) += row_of(rows, i).amount;
        });
      };
  functions.merge = [](void* self,
                       std::uint32_t count,
                       void* const* into,
                       const void* const* from,
                       weir_error* error) noexcept {
    const std::size_t offset = static_cast<Body*>(self)->amount_offset;
    return each_row(count, error, [&](std::uint32_t i) {
      number_at(into[i], offset) += number_at(from[i], offset);
    });
  };
  functions.fire =
      [](void* self, const weir_groups* groups, weir_out* out, weir_error* error) noexcept {
        const std::size_t offset = static_cast<Body*>(self)->amount_offset;
        return each_row(groups->count, error, [&](std::uint32_t i) {
          const weir_bytes& key = groups->keys[i];
          put(out,
              {.tm = groups->windows[i].end - 1,
               .user = {reinterpret_cast<const char*>(key.data), key.size},
               .amount = number_at(groups->states[i], offset)},
              i);
        });
      };
  return made;
}

ClickJob::Operator ClickJob::co_group(std::string uid,
                                      Operator left,
                                      Operator right,
                                      WindowSpec window) {
  const Operator made = add(OperatorKind::CoGroup, std::move(uid), {left, right});
  description_.operators.back().window = window;
  body(made).functions.fire = [](void*,
                                 const weir_groups* groups,
                                 weir_out* out,
                                 weir_error* error) noexcept {
    return each_row(groups->count, error, [&](std::uint32_t i) {
      const weir_bytes& key = groups->keys[i];
      put(out,
          {.tm = groups->windows[i].end - 1,
           .user = {reinterpret_cast<const char*>(key.data), key.size},
           .amount = pair_digest(amounts_of(groups->sides[0][i]), amounts_of(groups->sides[1][i]))},
          i);
    });
  };
  return made;
}

void ClickJob::sink(std::string uid, Operator input) {
  add(OperatorKind::Sink, std::move(uid), {input});
}

void ClickJob::parameter(std::string name, std::int64_t default_value) {
  description_.parameters.push_back(
      {.name = std::move(name), .type = FieldType::I64, .doc = {}, .default_value = default_value});
}

Result<std::unique_ptr<JobFunctions>> ClickJob::create(std::span<const ParameterValue> values,
                                                       std::shared_ptr<PluginServices>) const {
  if (create_failure_) return *create_failure_;
  uses_->with([&](Uses& known) { known.last_values.assign(values.begin(), values.end()); });
  return std::make_unique<Functions>(bodies_, uses_);
}

std::size_t ClickJob::live_functions() const {
  return uses_->with([](const Uses& known) { return known.live; });
}

std::vector<ParameterValue> ClickJob::last_values() const {
  return uses_->with([](const Uses& known) { return known.last_values; });
}

std::int64_t pair_digest(std::span<const std::int64_t> left, std::span<const std::int64_t> right) {
  constexpr std::int64_t kPrime = 1'000'003;
  const auto digest = [](std::span<const std::int64_t> amounts) {
    std::int64_t sum = static_cast<std::int64_t>(amounts.size()) * kPrime;
    for (const std::int64_t amount : amounts)
      sum += amount * amount + amount;
    return sum;
  };
  return digest(left) * 3 + digest(right) * kPrime;
}

std::string click(std::int64_t tm, std::string_view user, std::int64_t amount) {
  return format(R"({{"tm":{},"user":"{}","amount":{}}})", tm, user, amount);
}

}  // namespace weir
