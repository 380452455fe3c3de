// The functions of each kind of operator as the ABI wants them: a loop over a batch, with the
// author's lambda inlined in it.
#pragma once

#include <memory>

#include <weir/cpp/key.h>
#include <weir/cpp/signature.h>

namespace weir {
inline namespace v1 {
namespace detail {

// The functions of one operator of one instance.
struct Functions {
  weir_functions table = sized<weir_functions>();

  Functions() { table.self = this; }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;
  virtual ~Functions() = default;
};

template <class T>
const T& row_at(const weir_rows* rows, std::uint32_t index) {
  return *static_cast<const T*>(rows->rows[index]);
}

template <class T, class Keep>
class FilterFunctions final : public Functions {
 public:
  explicit FilterFunctions(Keep keep) : keep_(std::move(keep)) { table.filter = &filter; }

 private:
  static weir_status filter(void* self,
                            const weir_rows* rows,
                            std::uint8_t* keep,
                            weir_error* error) noexcept {
    const Keep& decide = static_cast<FilterFunctions*>(self)->keep_;
    return guard_rows(error, rows->count, [&](std::uint32_t row) {
      keep[row] = decide(row_at<T>(rows, row)) ? 1 : 0;
    });
  }
  Keep keep_;
};

template <class T, class Result, class Make>
class MapFunctions final : public Functions {
 public:
  explicit MapFunctions(Make make) : make_(std::move(make)) { table.map = &map; }

 private:
  static weir_status map(void* self,
                         const weir_rows* rows,
                         weir_out* out,
                         weir_error* error) noexcept {
    const Make& make = static_cast<MapFunctions*>(self)->make_;
    return guard_emitting<Result>(out, error, rows->count, [&](auto& emitter, std::uint32_t row) {
      emitter.emit(make(row_at<T>(rows, row)));
    });
  }
  Make make_;
};

template <class T, class Result, class Make>
class FlatMapFunctions final : public Functions {
 public:
  explicit FlatMapFunctions(Make make) : make_(std::move(make)) { table.map = &map; }

 private:
  static weir_status map(void* self,
                         const weir_rows* rows,
                         weir_out* out,
                         weir_error* error) noexcept {
    const Make& make = static_cast<FlatMapFunctions*>(self)->make_;
    return guard_emitting<Result>(out, error, rows->count, [&](auto& emitter, std::uint32_t row) {
      make(row_at<T>(rows, row), Out<Result>(emitter));
    });
  }
  Make make_;
};

// `find` returns the parts of a row's key as a tuple.
template <class T, class Find>
class KeyFunctions final : public Functions {
 public:
  explicit KeyFunctions(Find find) : find_(std::move(find)) { table.key = &key; }

 private:
  static weir_status key(void* self,
                         const weir_rows* rows,
                         weir_bytes* keys,
                         weir_arena* arena,
                         weir_error* error) noexcept {
    const Find& find = static_cast<KeyFunctions*>(self)->find_;
    return guard_rows(error, rows->count, [&](std::uint32_t row) {
      keys[row] = encode_key(find(row_at<T>(rows, row)), *arena);
    });
  }
  Find find_;
};

struct NoMerge {};

// Adds to a copy where the function may throw, so that a row which throws leaves no trace.
template <class State, class T, class Add>
void add_row(const Add& add, State& state, const T& row) {
  if constexpr (std::is_nothrow_invocable_v<const Add&, State&, const T&>) {
    add(state, row);
  } else {
    State changed = state;
    add(changed, row);
    state = changed;
  }
}

template <class State, class T, class KeyParts, class Result, class Add, class Merge, class Emit>
class AggregateFunctions final : public Functions {
 public:
  AggregateFunctions(Add add, Merge merge, Emit emit)
      : add_(std::move(add)), merge_(std::move(merge)), emit_(std::move(emit)) {
    table.add = &add_all;
    if constexpr (!std::is_same_v<Merge, NoMerge>) table.merge = &merge_all;
    table.fire = &fire;
  }

 private:
  static weir_status add_all(void* self,
                             const weir_rows* rows,
                             void* const* states,
                             weir_error* error) noexcept {
    const Add& add = static_cast<AggregateFunctions*>(self)->add_;
    return guard_rows(error, rows->count, [&](std::uint32_t row) {
      add_row(add, *static_cast<State*>(states[row]), row_at<T>(rows, row));
    });
  }

  static weir_status merge_all(void* self,
                               std::uint32_t count,
                               void* const* into,
                               const void* const* from,
                               weir_error* error) noexcept {
    const Merge& merge = static_cast<AggregateFunctions*>(self)->merge_;
    return guard_whole(error, [&] {
      for (std::uint32_t i = 0; i < count; ++i)
        merge(*static_cast<State*>(into[i]), *static_cast<const State*>(from[i]));
    });
  }

  static weir_status fire(void* self,
                          const weir_groups* groups,
                          weir_out* out,
                          weir_error* error) noexcept {
    const Emit& emit = static_cast<AggregateFunctions*>(self)->emit_;
    return guard_emitting<Result>(
        out, error, groups->count, [&](auto& emitter, std::uint32_t group) {
          const auto key = KeyDecoder<KeyParts>::decode(groups->keys[group]);
          const weir_window& bounds = groups->windows[group];
          emit(key,
               Window{{bounds.start}, {bounds.end}},
               *static_cast<const State*>(groups->states[group]),
               Out<Result>(emitter));
        });
  }

  Add add_;
  [[no_unique_address]] Merge merge_;
  Emit emit_;
};

// A function over all rows of a window: one side, or the two of a coGroup.
template <class KeyParts, class Result, class Call, class... Sides>
class WindowFunctions final : public Functions {
 public:
  explicit WindowFunctions(Call call) : call_(std::move(call)) { table.fire = &fire; }

 private:
  static weir_status fire(void* self,
                          const weir_groups* groups,
                          weir_out* out,
                          weir_error* error) noexcept {
    const Call& call = static_cast<WindowFunctions*>(self)->call_;
    return guard_emitting<Result>(
        out, error, groups->count, [&](auto& emitter, std::uint32_t group) {
          run(call, *groups, group, Out<Result>(emitter), std::index_sequence_for<Sides...>());
        });
  }

  template <std::size_t... Side>
  static void run(const Call& call,
                  const weir_groups& groups,
                  std::uint32_t group,
                  Out<Result> out,
                  std::index_sequence<Side...>) {
    const auto key = KeyDecoder<KeyParts>::decode(groups.keys[group]);
    const weir_window& bounds = groups.windows[group];
    call(key,
         Window{{bounds.start}, {bounds.end}},
         Rows<Sides>(element(groups.sides[Side], group))...,
         out);
  }

  Call call_;
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
