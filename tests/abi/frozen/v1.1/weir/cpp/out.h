// Out: where a function puts the rows it makes.
#pragma once

#include <vector>

#include <weir/cpp/shell.h>
#include <weir/cpp/state.h>

namespace weir {
inline namespace v1 {
namespace detail {

inline char* take(weir_arena& arena, std::uint64_t size) {
  if (static_cast<std::uint64_t>(arena.end - arena.next) < size) arena.grow(&arena, size);
  return std::exchange(arena.next, arena.next + size);
}

// Moves the text that a row points to into the arena of its batch.
template <class T>
void keep_text(T& value, weir_arena& arena) {
  if constexpr (!has_text<T>()) {
    return;
  } else if constexpr (std::is_same_v<T, Text> || std::is_same_v<T, Bytes>) {
    using Byte = std::remove_pointer_t<decltype(value.data)>;
    if (value.size == 0) return;
    char* copy = take(arena, value.size);
    std::memcpy(copy, value.data, value.size);
    value.data = reinterpret_cast<Byte*>(copy);
  } else if constexpr (OptionalTraits<T>::kIsOptional) {
    if (value.has_value()) keep_text(*value, arena);
  } else {
    each_field<T>([&]<class R, class M>(const RecordField<R, M>& field) {
      keep_text(value.*(field.member), arena);
    });
  }
}

// Collects the rows of one call and hands them over in pieces. What an input row emitted is handed
// over when the row is done, so that a row which throws has emitted nothing.
template <class T>
class Emitter final {
 public:
  Emitter(weir_out* out, std::uint32_t expected)
      : out_(out), wanted_(std::clamp<std::uint32_t>(expected, 1, kPiece)) {}
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  void begin(std::uint32_t source) {
    source_ = source;
    begun_ = used_;
  }

  void emit(const T& row) {
    if (used_ == capacity_) make_room();
    if (!spilled_.empty()) {
      keep_text(spilled_.emplace_back(row), *out_->arena);
      return;
    }
    T* kept = new (rows_ + used_) T(row);
    keep_text(*kept, *out_->arena);
    sources_[used_++] = source_;
  }

  void end() {
    if (!spilled_.empty()) [[unlikely]]
      hand_over_spilled();
  }

  // Hands over what the rows before the one begun last (or all, after its end) have emitted.
  void finish(bool has_failed) {
    const std::uint32_t count = has_failed ? begun_ : used_;
    if (count > 0) out_->commit(out_, count, sources_);
  }

 private:
  static constexpr std::uint32_t kPiece = 256;

  // The reservation is full. If the row at work began inside it, its part moves aside.
  void make_room() {
    if (!spilled_.empty()) return;
    if (begun_ > 0 || capacity_ < kPiece) {
      const std::vector<T> begun(rows_ + begun_, rows_ + used_);
      if (begun_ > 0) out_->commit(out_, begun_, sources_);
      reserve(capacity_ == 0 ? wanted_ : kPiece);
      for (const T& row : begun) {
        new (rows_ + used_) T(row);
        sources_[used_++] = source_;
      }
      return;
    }
    spilled_.assign(rows_, rows_ + used_);
    used_ = capacity_ = 0;
  }

  void hand_over_spilled() {
    for (std::size_t done = 0; done < spilled_.size(); done += used_) {
      const std::size_t count = std::min<std::size_t>(spilled_.size() - done, kPiece);
      reserve(static_cast<std::uint32_t>(count));
      std::uninitialized_copy_n(spilled_.data() + done, count, rows_);
      std::fill_n(sources_, count, source_);
      used_ = static_cast<std::uint32_t>(count);
      out_->commit(out_, used_, sources_);
    }
    spilled_.clear();
    used_ = capacity_ = 0;
  }

  void reserve(std::uint32_t count) {
    capacity_ = count;
    rows_ = static_cast<T*>(out_->reserve(out_, capacity_));
    used_ = begun_ = 0;
  }

  weir_out* out_;
  std::uint32_t wanted_;
  T* rows_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t used_ = 0;
  std::uint32_t begun_ = 0;  // How many were there when the row at work began.
  std::uint32_t source_ = 0;
  std::vector<T> spilled_;  // All of the row at work, when it emits more than a piece.
  std::uint32_t sources_[kPiece];
};

// As guard_rows(), with an emitter that each(i) fills for row i.
template <class T, class Each>
weir_status guard_emitting(weir_out* out,
                           weir_error* error,
                           std::uint32_t count,
                           Each&& each) noexcept {
  Emitter<T> emitter(out, count);
  const weir_status status = guard_rows(error, count, [&](std::uint32_t row) {
    emitter.begin(row);
    each(emitter, row);
    emitter.end();
  });
  emitter.finish(status != WEIR_OK);
  return status;
}

}  // namespace detail

// Takes the rows that a function makes, as often as it likes: out(Label{...}). Text is copied
// before the call returns. Valid until the function returns.
template <class T>
class Out final {
 public:
  using Row = T;

  explicit Out(detail::Emitter<T>& emitter) : emitter_(&emitter) {}
  void operator()(const T& row) const { emitter_->emit(row); }

 private:
  detail::Emitter<T>* emitter_;
};

// Rows of one key and window, in order of event time. Valid until the function returns.
template <class T>
class Rows final {
 public:
  using Row = T;

  class Iterator final {
   public:
    using value_type = T;
    using reference = const T&;
    using pointer = const T*;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(const void* const* at) : at_(at) {}
    const T& operator*() const { return *static_cast<const T*>(*at_); }
    const T* operator->() const { return static_cast<const T*>(*at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(Iterator left, Iterator right) { return left.at_ == right.at_; }

   private:
    const void* const* at_ = nullptr;
  };

  explicit Rows(const weir_rows& rows) : rows_(&rows) {}

  std::size_t size() const { return rows_->count; }
  bool empty() const { return rows_->count == 0; }
  const T& operator[](std::size_t index) const {
    return *static_cast<const T*>(rows_->rows[index]);
  }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size() - 1]; }
  // The event time of row `index`.
  Time time(std::size_t index) const { return {rows_->times[index]}; }
  Iterator begin() const { return Iterator(rows_->rows); }
  Iterator end() const { return Iterator(rows_->rows + rows_->count); }

 private:
  const weir_rows* rows_;
};

}  // namespace v1
}  // namespace weir
