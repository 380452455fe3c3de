// Parameters: values that jobs.toml may set, and change while the job runs.
#pragma once

#include <cmath>
#include <deque>
#include <vector>

#include <weir/cpp/describe.h>
#include <weir/cpp/names.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Where the value of a parameter stands in one instance of its job.
struct ParameterSlot {
  // What a job's graph is made of cannot follow a value, so none is read before its function is
  // over.
  bool is_readable = false;
  mutable bool was_read_too_early = false;

  std::string name;
  std::string doc;
  weir_value default_value{};
  std::string default_text;

  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  Duration duration{};

  // False when the value is not of the parameter's type.
  bool set(const weir_value& value) {
    if (value.type != default_value.type) return false;
    switch (value.type) {
      case WEIR_BOOL: boolean = value.integer != 0; break;
      case WEIR_I64: integer = value.integer; break;
      case WEIR_F64: number = value.number; break;
      case WEIR_TEXT: text = std::string(value.text.data, value.text.size); break;
      default: duration = Duration(value.integer); break;
    }
    return true;
  }
};

template <class T>
inline constexpr bool kIsDuration = false;
template <class Rep, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = true;

// What a default of type T is kept as: bool, std::int64_t, double, std::string or weir::Duration.
template <class T>
constexpr auto parameter_kind() {
  if constexpr (std::is_same_v<T, bool>)
    return std::type_identity<bool>();
  else if constexpr (std::is_integral_v<T>)
    return std::type_identity<std::int64_t>();
  else if constexpr (std::is_floating_point_v<T>)
    return std::type_identity<double>();
  else if constexpr (kIsDuration<T>)
    return std::type_identity<Duration>();
  else if constexpr (std::is_convertible_v<T, std::string_view>)
    return std::type_identity<std::string>();
  else
    return std::type_identity<void>();
}
template <class T>
using ParameterValue = typename decltype(parameter_kind<T>())::type;

template <class Value>
const Value* value_in(const ParameterSlot& slot) {
  if constexpr (std::is_same_v<Value, bool>)
    return &slot.boolean;
  else if constexpr (std::is_same_v<Value, std::int64_t>)
    return &slot.integer;
  else if constexpr (std::is_same_v<Value, double>)
    return &slot.number;
  else if constexpr (std::is_same_v<Value, std::string>)
    return &slot.text;
  else
    return &slot.duration;
}

// Makes the slot hold its default.
template <class T>
void fill_slot(ParameterSlot& slot, std::string_view name, const T& value, std::string_view doc) {
  using Value = ParameterValue<T>;
  slot.name = name;
  slot.doc = doc;
  if constexpr (std::is_same_v<Value, bool>) {
    slot.default_value.type = WEIR_BOOL;
    slot.default_value.integer = value ? 1 : 0;
  } else if constexpr (std::is_same_v<Value, std::int64_t>) {
    slot.default_value.type = WEIR_I64;
    slot.default_value.integer = static_cast<std::int64_t>(value);
  } else if constexpr (std::is_same_v<Value, double>) {
    slot.default_value.type = WEIR_F64;
    slot.default_value.number = static_cast<double>(value);
  } else if constexpr (std::is_same_v<Value, Duration>) {
    slot.default_value.type = WEIR_DURATION;
    slot.default_value.integer = std::chrono::duration_cast<Duration>(value).count();
  } else {
    slot.default_text = std::string_view(value);
    slot.default_value.type = WEIR_TEXT;
    slot.default_value.text = text_of(slot.default_text);
  }
  slot.set(slot.default_value);
}

// What is wrong with a parameter; empty: nothing.
inline std::string mistake_in(const ParameterSlot& slot) {
  if (!is_name(slot.name)) return name_mistake("parameter", slot.name);
  if (slot.default_value.type == WEIR_F64 && !std::isfinite(slot.default_value.number)) {
    return "parameter " + slot.name + ": the default is not a finite number";
  }
  return {};
}

inline weir_parameter describe_parameter(const ParameterSlot& slot) {
  auto table = sized<weir_parameter>();
  table.name = text_of(slot.name);
  table.doc = text_of(slot.doc);
  table.default_value = slot.default_value;
  return table;
}

// The table of some parameters; points into the slots.
struct ParameterTable {
  std::deque<weir_parameter> parameters;
  std::vector<const weir_parameter*> pointers;

  void add(const ParameterSlot& slot) {
    pointers.push_back(&parameters.emplace_back(describe_parameter(slot)));
  }
};

}  // namespace detail

// A parameter of a job. Captured by value in the job's functions, where it always reads as the
// present value: bool, std::int64_t, double, std::string or weir::Duration. Not to be read outside
// of them.
template <class Value>
class Param final {
 public:
  explicit Param(const detail::ParameterSlot& slot) : slot_(&slot) {}

  const Value& get() const {
    if (!slot_->is_readable) [[unlikely]]
      slot_->was_read_too_early = true;
    return *detail::value_in<Value>(*slot_);
  }
  const Value& operator*() const { return get(); }
  const Value* operator->() const { return &get(); }
  operator const Value&() const { return get(); }

 private:
  const detail::ParameterSlot* slot_;
};

}  // namespace v1
}  // namespace weir
