// Streams: what rows go through between a source and a sink.
#pragma once

#include <weir/cpp/windowed.h>

namespace weir {
inline namespace v1 {

// Rows of one key stay together and in order. KeyParts is a std::tuple.
template <class T, class KeyParts>
class KeyedStream final {
 public:
  using Row = T;
  KeyedStream(detail::Graph& graph, std::uint32_t index) : graph_(&graph), index_(index) {}

  Windowed<T, KeyParts> window(std::string_view uid, Windows windows) const {
    return Windowed<T, KeyParts>(*graph_, index_, uid, windows);
  }

  std::uint32_t index() const { return index_; }

  // These are for what window() returns, or for the stream before its key.
  template <class State, class... Arguments>
  auto aggregate(Arguments&&...) const {
    return require_window<Arguments...>();
  }
  template <class... Arguments>
  auto rows(Arguments&&...) const {
    return require_window<Arguments...>();
  }
  template <class... Arguments>
  auto filter(Arguments&&...) const {
    return require_window<Arguments...>();
  }
  template <class... Arguments>
  auto map(Arguments&&...) const {
    return require_window<Arguments...>();
  }
  template <class... Arguments>
  auto flat_map(Arguments&&...) const {
    return require_window<Arguments...>();
  }
  template <class... Arguments>
  auto sink(Arguments&&...) const {
    return require_window<Arguments...>();
  }

 private:
  template <class... Arguments>
  auto require_window() const {
    static_assert(sizeof...(Arguments) > 100,
                  "rows of one key meet in windows: say .window(uid, weir::tumbling(...)) "
                  "behind key_by, and what concerns single rows before it");
    return *this;
  }

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

  // This is for what key_by() returns.
  template <class... Arguments>
  auto window(Arguments&&...) const {
    static_assert(sizeof...(Arguments) > 100,
                  "a window needs rows of one key: say .key_by(uid, &Record::field) first");
    return *this;
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
