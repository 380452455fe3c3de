// Windows over the rows of one key.
#pragma once

#include <weir/cpp/graph.h>
#include <weir/cpp/window.h>

namespace weir {
inline namespace v1 {

template <class T>
class Stream;

namespace detail {

inline void set_window(Graph& graph, std::uint32_t index, const Windows& windows) {
  Operator& made = graph.at(index);
  if (const auto mistake = mistake_in(windows); !mistake.empty()) {
    graph.blame("window " + made.uid + ": " + mistake);
  }
  made.window.kind = windows.size == windows.slide ? WEIR_TUMBLING : WEIR_SLIDING;
  made.window.size = windows.size.count();
  made.window.slide = windows.slide.count();
  made.window.offset = windows.window_offset.count();
  made.window.allowed_lateness = windows.lateness.count();
  made.table.window = &made.window;
}

}  // namespace detail

// Rows of one key meet in windows; now it must be said what becomes of them.
template <class T, class KeyParts>
class Windowed final {
 public:
  Windowed(detail::Graph& graph, std::uint32_t input, std::string_view uid, Windows windows)
      : graph_(&graph), input_(input), uid_(uid), windows_(windows) {}

  // See Windows::allowed_lateness.
  Windowed allowed_lateness(Duration by) const {
    return Windowed(*graph_, input_, uid_, windows_.allowed_lateness(by));
  }

  // Keeps one State for each key and window: add(State&, const T&) for each row, and
  // emit(key, window, const State&, Out<Result>) when the window is complete.
  template <class State, class Add, class Emit>
  auto aggregate(Add add, Emit emit) const {
    if (windows_.size != windows_.slide) {
      graph_->blame("window " + uid_ + " is sliding, so aggregate needs a merge function between " +
                    "add and emit: merge(State& into, const State& from)");
    }
    return aggregate_with<State>(std::move(add), detail::NoMerge(), std::move(emit));
  }

  // The same with merge(State& into, const State& from), which sliding windows need: windows that
  // overlap share what they have in common.
  template <class State, class Add, class Merge, class Emit>
  auto aggregate(Add add, Merge merge, Emit emit) const {
    static_assert(std::is_invocable_v<Merge&, State&, const State&>,
                  "aggregate needs a merge function void(State& into, const State& from)");
    detail::require_constant<Merge, State&, const State&>();
    return aggregate_with<State>(std::move(add), std::move(merge), std::move(emit));
  }

  // Keeps the rows themselves: function(key, window, Rows<T>, Out<Result>) sees all of them.
  template <class Function>
  auto rows(Function function) const {
    using Result = detail::Emitted<Function, KeyParts, Window>;
    static_assert(detail::takes<Function, Result, const KeyParts&, Window, Rows<T>>(),
                  "rows needs a function (const auto& key, weir::Window, weir::Rows<Row>, "
                  "weir::Out<Result>)");
    detail::require_record<Result>();
    detail::require_constant<Function, const KeyParts&, Window, Rows<T>, Out<Result>>();
    using Made = detail::WindowFunctions<KeyParts, Result, Function, T>;
    return add_window<Result>(WEIR_WINDOW_ROWS, std::make_unique<Made>(std::move(function)));
  }

  // These are for what aggregate() and rows() return.
  template <class... Arguments>
  auto filter(Arguments&&...) const {
    return require_result<Arguments...>();
  }
  template <class... Arguments>
  auto map(Arguments&&...) const {
    return require_result<Arguments...>();
  }
  template <class... Arguments>
  auto flat_map(Arguments&&...) const {
    return require_result<Arguments...>();
  }
  template <class... Arguments>
  auto sink(Arguments&&...) const {
    return require_result<Arguments...>();
  }

 private:
  template <class... Arguments>
  auto require_result() const {
    static_assert(sizeof...(Arguments) > 100,
                  "say first what becomes of the rows of a window: .aggregate<State>(add, emit) or "
                  ".rows(function)");
    return *this;
  }

  template <class State, class Add, class Merge, class Emit>
  auto aggregate_with(Add add, Merge merge, Emit emit) const {
    detail::require_state<State>();
    static_assert(std::is_invocable_v<Add&, State&, const T&>,
                  "aggregate needs an add function void(State&, const Row&)");
    detail::require_constant<Add, State&, const T&>();
    using Result = detail::Emitted<Emit, KeyParts, Window>;
    static_assert(detail::takes<Emit, Result, const KeyParts&, Window, const State&>(),
                  "aggregate needs an emit function (const auto& key, weir::Window, const State&, "
                  "weir::Out<Result>)");
    detail::require_record<Result>();
    detail::require_constant<Emit, const KeyParts&, Window, const State&, Out<Result>>();
    using Made = detail::AggregateFunctions<State, T, KeyParts, Result, Add, Merge, Emit>;
    auto made = std::make_unique<Made>(std::move(add), std::move(merge), std::move(emit));
    const auto result = add_window<Result>(WEIR_WINDOW_AGGREGATE, std::move(made));
    graph_->at(result.index()).table.state = detail::state_of<State>();
    return result;
  }

  template <class Result>
  Stream<Result> add_window(std::uint32_t kind, std::unique_ptr<detail::Functions> made) const {
    const std::uint32_t index =
        graph_->add(kind, uid_, {input_}, detail::record_of<Result>(), std::move(made));
    detail::set_window(*graph_, index, windows_);
    return Stream<Result>(*graph_, index);
  }

  detail::Graph* graph_;
  std::uint32_t input_;
  std::string uid_;
  Windows windows_;
};

}  // namespace v1
}  // namespace weir
