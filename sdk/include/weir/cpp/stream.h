// Streams: what rows go through between a source and a sink.
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

 private:
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

// Rows of one key stay together and in order. KeyParts is a std::tuple.
template <class T, class KeyParts>
class KeyedStream final {
 public:
  KeyedStream(detail::Graph& graph, std::uint32_t index) : graph_(&graph), index_(index) {}

  Windowed<T, KeyParts> window(std::string_view uid, Windows windows) const {
    return Windowed<T, KeyParts>(*graph_, index_, uid, windows);
  }

  std::uint32_t index() const { return index_; }

 private:
  detail::Graph* graph_;
  std::uint32_t index_;
};

// Rows of one record type on their way. Cheap to copy; may be used more than once.
template <class T>
class Stream final {
 public:
  using Row = T;
  Stream(detail::Graph& graph, std::uint32_t index) : graph_(&graph), index_(index) {}

  // Keeps the rows for which keep(const T&) is true; the others go to the side stream `filtered`.
  template <class Keep>
  Stream filter(std::string_view uid, Keep keep) const {
    static_assert(std::is_invocable_r_v<bool, Keep&, const T&>,
                  "filter needs a function bool(const Row&)");
    detail::require_constant<Keep, const T&>();
    return add<T>(
        WEIR_FILTER, uid, std::make_unique<detail::FilterFunctions<T, Keep>>(std::move(keep)));
  }

  // One row for each: make(const T&) returns it. Text in it must outlive the call: text of the row
  // that came in, or a literal. Where text is made, use flat_map, which copies it at once.
  template <class Make>
  auto map(std::string_view uid, Make make) const {
    static_assert(std::is_invocable_v<Make&, const T&>, "map needs a function Result(const Row&)");
    detail::require_constant<Make, const T&>();
    using Result = std::decay_t<std::invoke_result_t<Make&, const T&>>;
    detail::require_record<Result>();
    if constexpr (detail::Record<Result>) {
      return add<Result>(
          WEIR_MAP, uid, std::make_unique<detail::MapFunctions<T, Result, Make>>(std::move(make)));
    }
  }

  // Any number of rows for each: make(const T&, Out<Result>).
  template <class Make>
  auto flat_map(std::string_view uid, Make make) const {
    using Result = detail::Emitted<Make, T>;
    static_assert(detail::takes<Make, Result, const T&>(),
                  "flat_map needs a function (const Row&, weir::Out<Result>)");
    detail::require_record<Result>();
    detail::require_constant<Make, const T&, Out<Result>>();
    return add<Result>(
        WEIR_MAP,
        uid,
        std::make_unique<detail::FlatMapFunctions<T, Result, Make>>(std::move(make)));
  }

  // The key as fields of the record: key_by("user", &Step::lesson_id, &Step::user_id).
  template <class... Members>
  auto key_by(std::string_view uid, Members T::*... members) const {
    static_assert((detail::check_key_part<Members>() && ...));
    return add_key<std::tuple<Members...>>(
        uid,
        [members...](const T& row) { return std::tuple<Members...>(row.*members...); },
        {std::string(detail::field_name(members))...});
  }

  // The key as a function: [](const Step& s) { return weir::key(s.lesson_id, s.user_id); }
  template <class Find>
  requires(!std::is_member_pointer_v<Find>) auto key_by(std::string_view uid, Find find) const {
    static_assert(std::is_invocable_v<Find&, const T&>,
                  "key_by needs a function that returns weir::key(...), or pointers to fields");
    detail::require_constant<Find, const T&>();
    using Found = std::decay_t<std::invoke_result_t<Find&, const T&>>;
    using Parts = typename detail::KeyTuple<Found>::Type;
    return add_key<Parts>(uid, [find](const T& row) { return Parts(find(row)); }, {});
  }

  // A port that jobs.toml connects to where the rows shall go.
  void sink(std::string_view name, std::string_view doc = {}) const {
    graph_->set_doc(graph_->add(WEIR_SINK, name, {index_}, nullptr), doc);
  }

  // Says what the operator that makes these rows is for.
  Stream doc(std::string_view text) const {
    graph_->set_doc(index_, text);
    return *this;
  }

  std::uint32_t index() const { return index_; }

 private:
  template <class Result>
  Stream<Result> add(std::uint32_t kind,
                     std::string_view uid,
                     std::unique_ptr<detail::Functions> functions) const {
    return Stream<Result>(
        *graph_,
        graph_->add(kind, uid, {index_}, detail::record_of<Result>(), std::move(functions)));
  }

  template <class Parts, class Find>
  auto add_key(std::string_view uid, Find find, std::vector<std::string> names) const {
    check_parts(static_cast<const Parts*>(nullptr));
    using Decoded = typename detail::KeyTuple<Parts>::Decoded;
    using Decoder = detail::KeyDecoder<Decoded>;
    if (names.empty()) {
      for (std::size_t i = 1; i <= Decoder::kSize; ++i)
        names.push_back("key" + std::to_string(i));
    }
    for (const std::string& name : names) {
      if (name.empty()) {
        graph_->blame("key_by " + std::string(uid) + ": a field is not named in WEIR_RECORD");
      }
    }
    const auto keyed =
        add<T>(WEIR_KEY_BY, uid, std::make_unique<detail::KeyFunctions<T, Find>>(std::move(find)));
    graph_->set_key(keyed.index(), std::move(names), Decoder::kTypes.data());
    return KeyedStream<T, Decoded>(*graph_, keyed.index());
  }

  template <class... Parts>
  static constexpr void check_parts(const std::tuple<Parts...>*) {
    static_assert((detail::check_key_part<Parts>() && ...));
  }

  detail::Graph* graph_;
  std::uint32_t index_;
};

}  // namespace v1
}  // namespace weir
