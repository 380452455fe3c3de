// Each field is written as `"name":value,` and the comma of the last one becomes the closing brace.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include <weir/abi.h>

#include "base/check.h"
#include "format/base64.h"
#include "format/format.h"
#include "format/json_text.h"

namespace weir {
namespace {

constexpr std::size_t kNumberMax = 24;  // -1.7976931348623157e+308
constexpr std::size_t kRoomKept = std::size_t{1} << 20;

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// An enumeration's names, quoted, by value.
class EnumTexts final {
 public:
  explicit EnumTexts(const std::vector<Enumerator>& enumerators) {
    for (const Enumerator& enumerator : enumerators) {
      Text text{.value = enumerator.value, .quoted = {}};
      append_json_text(enumerator.name, text.quoted);
      size_max_ = std::max(size_max_, text.quoted.size());
      sorted_.push_back(std::move(text));
    }
    std::sort(sorted_.begin(), sorted_.end(), [](const Text& a, const Text& b) {
      return a.value < b.value;
    });
  }

  std::size_t size_max() const { return size_max_; }

  // Empty when no name has the value.
  std::string_view find(std::int32_t value) const {
    if (sorted_.empty()) return {};
    // Most enumerations count up from their first value.
    const std::int64_t guess = std::int64_t{value} - sorted_.front().value;
    const auto count = static_cast<std::int64_t>(sorted_.size());
    if (guess >= 0 && guess < count && sorted_[static_cast<std::size_t>(guess)].value == value) {
      return sorted_[static_cast<std::size_t>(guess)].quoted;
    }
    const auto found = std::lower_bound(
        sorted_.begin(), sorted_.end(), value, [](const Text& text, std::int32_t wanted) {
          return text.value < wanted;
        });
    if (found == sorted_.end() || found->value != value) return {};
    return found->quoted;
  }

 private:
  struct Text {
    std::int32_t value;
    std::string quoted;
  };

  std::vector<Text> sorted_;
  std::size_t size_max_ = 0;
};

struct RecordSteps;

struct FieldStep {
  FieldType type;
  bool is_optional;
  std::uint32_t offset;
  std::uint32_t presence_offset;
  std::uint32_t inline_max;  // Bytes of room of an inline text, whatever its size says.
  std::string key;           // "name":
  EnumTexts names;
  std::unique_ptr<RecordSteps> record;
};

struct RecordSteps {
  explicit RecordSteps(const RecordSchema& schema) {
    for (const Field& field : schema.fields) {
      CHECK(field.type != FieldType::Record || field.record != nullptr, field.name);
      FieldStep step{.type = field.type,
                     .is_optional = field.is_optional(),
                     .offset = field.offset,
                     .presence_offset = field.presence_offset.value_or(0),
                     .inline_max = field.size - static_cast<std::uint32_t>(sizeof(std::uint16_t)),
                     .key = {},
                     .names = EnumTexts(field.enumerators),
                     .record = nullptr};
      append_json_text(field.name, step.key);
      step.key += ':';
      fixed_max += step.key.size() + 1 + std::max(kNumberMax, step.names.size_max());
      if (field.type == FieldType::Record) {
        step.record = std::make_unique<RecordSteps>(*field.record);
        fixed_max += step.record->fixed_max;
      }
      fields.push_back(std::move(step));
    }
  }

  std::vector<FieldStep> fields;
  // Bytes that everything but text can take.
  std::size_t fixed_max = 2;
};

class JsonEncoder final : public Encoder {
 public:
  explicit JsonEncoder(const RecordSchema& schema) : steps_(schema) {}

  void encode(const void* row, std::string& out) override {
    next_ = room_.get();
    make_room(0);
    record(steps_, static_cast<const std::byte*>(row));
    out.append(room_.get(), static_cast<std::size_t>(next_ - room_.get()));
    if (static_cast<std::size_t>(end_ - room_.get()) > kRoomKept) room_.reset();
    if (room_ == nullptr) end_ = nullptr;
  }

 private:
  void record(const RecordSteps& steps, const std::byte* row);
  void value(const FieldStep& step, const std::byte* from);
  void quoted(std::string_view text);
  void base64(std::string_view bytes);
  void enumerator(const FieldStep& step, std::int32_t value);

  // Room for a text of `size` bytes and all that is not text.
  void make_room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - next_) < size + steps_.fixed_max) [[unlikely]]
      grow(size);
  }
  void grow(std::size_t size);

  void put(std::string_view bytes) {
    std::memcpy(next_, bytes.data(), bytes.size());
    next_ += bytes.size();
  }
  template <class Number>
  void number(Number value) {
    next_ = std::to_chars(next_, next_ + kNumberMax, value).ptr;
  }
  template <class Number>
  void finite(Number value) {
    if (std::isfinite(value)) [[likely]]
      return number(value);
    put("null");
  }

  RecordSteps steps_;
  // Kept from row to row: next_ is where the next byte goes.
  std::unique_ptr<char[]> room_;
  char* next_ = nullptr;
  char* end_ = nullptr;
};

void JsonEncoder::grow(std::size_t size) {
  const auto used = static_cast<std::size_t>(next_ - room_.get());
  const std::size_t needed = used + size + steps_.fixed_max;
  const std::size_t capacity = std::max<std::size_t>(2 * needed, 512);
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (used != 0) std::memcpy(larger.get(), room_.get(), used);
  room_ = std::move(larger);
  next_ = room_.get() + used;
  end_ = room_.get() + capacity;
}

void JsonEncoder::record(const RecordSteps& steps, const std::byte* row) {
  *next_++ = '{';
  bool is_empty = true;
  for (const FieldStep& step : steps.fields) {
    if (step.is_optional && load<std::uint8_t>(row + step.presence_offset) == 0) continue;
    put(step.key);
    value(step, row + step.offset);
    *next_++ = ',';
    is_empty = false;
  }
  if (!is_empty) --next_;
  *next_++ = '}';
}

void JsonEncoder::value(const FieldStep& step, const std::byte* from) {
  switch (step.type) {
    case FieldType::Bool: return put(load<std::uint8_t>(from) != 0 ? "true" : "false");
    case FieldType::I8: return number(int{load<std::int8_t>(from)});
    case FieldType::I16: return number(load<std::int16_t>(from));
    case FieldType::I32: return number(load<std::int32_t>(from));
    case FieldType::I64:
    case FieldType::Time:
    case FieldType::Duration: return number(load<std::int64_t>(from));
    case FieldType::U8: return number(int{load<std::uint8_t>(from)});
    case FieldType::U16: return number(load<std::uint16_t>(from));
    case FieldType::U32: return number(load<std::uint32_t>(from));
    case FieldType::U64: return number(load<std::uint64_t>(from));
    case FieldType::F32: return finite(load<float>(from));
    case FieldType::F64: return finite(load<double>(from));
    case FieldType::Text: {
      const auto text = load<weir_text>(from);
      return quoted({text.data, text.size});
    }
    case FieldType::InlineText: {
      const auto size = std::min<std::size_t>(load<std::uint16_t>(from), step.inline_max);
      return quoted({reinterpret_cast<const char*>(from) + sizeof(std::uint16_t), size});
    }
    case FieldType::Bytes: {
      const auto bytes = load<weir_bytes>(from);
      return base64({reinterpret_cast<const char*>(bytes.data), bytes.size});
    }
    case FieldType::Enum: return enumerator(step, load<std::int32_t>(from));
    case FieldType::Record: return record(*step.record, from);
  }
}

void JsonEncoder::quoted(std::string_view text) {
  make_room(json_text_max(text.size()));
  next_ = write_json_text(text, next_);
}

void JsonEncoder::base64(std::string_view bytes) {
  make_room(base64_size(bytes.size()) + 2);
  *next_++ = '"';
  next_ = write_base64(bytes, next_);
  *next_++ = '"';
}

void JsonEncoder::enumerator(const FieldStep& step, std::int32_t value) {
  const std::string_view name = step.names.find(value);
  if (name.empty()) [[unlikely]]
    return number(value);
  put(name);
}

}  // namespace

std::unique_ptr<Encoder> make_json_encoder(const RecordSchema& schema) {
  return std::make_unique<JsonEncoder>(schema);
}

}  // namespace weir
