// Flow: what a job is made of.
#pragma once

#include <weir/cpp/stream.h>

namespace weir {
inline namespace v1 {

// A source port, before it is said how the time of its records is found.
template <class T>
class Source final {
 public:
  Source(detail::Graph& graph, std::uint32_t index) : graph_(&graph), index_(index) {}

  // The field that holds the time, and how far out of order records may come.
  template <class Member>
  Stream<T> event_time(Member T::*member, OutOfOrder bound) const {
    static_assert(std::is_same_v<Member, Time>,
                  "event_time needs a field of type weir::Time, not optional");
    detail::Operator& source = graph_->at(index_);
    const std::size_t offset = detail::field_offset(member);
    if (offset == SIZE_MAX) {
      graph_->blame("event_time of " + source.uid + ": the field is not named in WEIR_RECORD");
    }
    source.event_time.field_offset = static_cast<std::uint32_t>(offset);
    if (const auto mistake = detail::mistake_in(bound); !mistake.empty()) {
      graph_->blame("event_time of " + source.uid + ": " + mistake);
    }
    source.event_time.out_of_order = bound.by.count();
    source.table.event_time = &source.event_time;
    return Stream<T>(*graph_, index_);
  }

  // These are for what event_time() returns.
  template <class... Arguments>
  Stream<T> filter(Arguments&&...) const {
    return require_event_time<Arguments...>();
  }
  template <class... Arguments>
  Stream<T> map(Arguments&&...) const {
    return require_event_time<Arguments...>();
  }
  template <class... Arguments>
  Stream<T> flat_map(Arguments&&...) const {
    return require_event_time<Arguments...>();
  }
  template <class... Arguments>
  Stream<T> key_by(Arguments&&...) const {
    return require_event_time<Arguments...>();
  }
  template <class... Arguments>
  void sink(Arguments&&...) const {
    require_event_time<Arguments...>();
  }

 private:
  template <class... Arguments>
  Stream<T> require_event_time() const {
    static_assert(sizeof...(Arguments) > 100,
                  "say first how the time of the records is found: "
                  ".event_time(&Record::field, weir::out_of_order(...))");
    return Stream<T>(*graph_, index_);
  }

  detail::Graph* graph_;
  std::uint32_t index_;
};

namespace detail {

template <class T>
inline constexpr bool kIsSource = false;
template <class T>
inline constexpr bool kIsSource<Source<T>> = true;

template <class T>
constexpr bool check_has_time() {
  static_assert(!kIsSource<T>,
                "say first how the time of the records is found: "
                ".event_time(&Record::field, weir::out_of_order(...))");
  return true;
}

template <class T>
inline constexpr bool kIsKeyed = false;
template <class T, class KeyParts>
inline constexpr bool kIsKeyed<KeyedStream<T, KeyParts>> = true;

}  // namespace detail

// Given to a job's function, which says with it what the job does. Every name is fixed for ever:
// state, metrics and the entry in jobs.toml hang on it. [a-z0-9_.-]+
class Flow final {
 public:
  explicit Flow(detail::Graph& graph) : graph_(&graph) {}

  // A port that jobs.toml connects to a stream of records.
  template <class T>
  Source<T> source(std::string_view name, std::string_view doc = {}) const {
    detail::require_record<T>();
    const std::uint32_t index = graph_->add(WEIR_SOURCE, name, {}, detail::record_of<T>());
    graph_->set_doc(index, doc);
    return Source<T>(*graph_, index);
  }

  // All rows of several streams of one record type.
  template <class T, class... Others>
  Stream<T> unite(std::string_view uid, Stream<T> first, Others... others) const {
    static_assert(sizeof...(Others) > 0, "unite needs at least two streams");
    static_assert((detail::check_has_time<Others>() && ...));
    static_assert((std::is_same_v<Others, Stream<T>> && ...),
                  "unite needs streams of one record type: map the others to it first");
    return Stream<T>(
        *graph_,
        graph_->add(WEIR_UNION, uid, {first.index(), others.index()...}, detail::record_of<T>()));
  }

  // This is for what event_time() returns.
  template <class T, class... Others>
  Stream<T> unite(std::string_view, Source<T>, Others...) const {
    static_assert(detail::check_has_time<Source<T>>());
    return Stream<T>(*graph_, 0);
  }

  // Brings together the rows of two streams that have the same key and fall into the same window:
  // function(key, window, Rows<Left>, Rows<Right>, Out<Result>). Either side may be empty.
  template <class Left, class Right, class KeyParts, class OtherParts, class Function>
  auto cogroup(std::string_view uid,
               KeyedStream<Left, KeyParts> left,
               KeyedStream<Right, OtherParts> right,
               Windows windows,
               Function function) const {
    static_assert(std::is_same_v<KeyParts, OtherParts>,
                  "cogroup needs both streams keyed by the same types in the same order");
    using Result = detail::Emitted<Function, KeyParts, Window>;
    static_assert(
        detail::takes<Function, Result, const KeyParts&, Window, Rows<Left>, Rows<Right>>(),
        "cogroup needs a function (const auto& key, weir::Window, weir::Rows<Left>, "
        "weir::Rows<Right>, weir::Out<Result>)");
    detail::require_record<Result>();
    detail::
        require_constant<Function, const KeyParts&, Window, Rows<Left>, Rows<Right>, Out<Result>>();
    using Made = detail::WindowFunctions<KeyParts, Result, Function, Left, Right>;
    const std::uint32_t index = graph_->add(WEIR_COGROUP,
                                            uid,
                                            {left.index(), right.index()},
                                            detail::record_of<Result>(),
                                            std::make_unique<Made>(std::move(function)));
    detail::set_window(*graph_, index, windows);
    return Stream<Result>(*graph_, index);
  }

  // This is for what key_by() returns.
  template <class Left, class Right, class... Arguments>
  requires(!detail::kIsKeyed<Left> || !detail::kIsKeyed<Right>)  //
      auto cogroup(std::string_view, const Left&, const Right&, Arguments&&...) const {
    static_assert(detail::kIsKeyed<Left> && detail::kIsKeyed<Right>,
                  "cogroup needs both streams keyed: say .key_by(uid, &Record::field) first");
    return Stream<typename Left::Row>(*graph_, 0);
  }

  // A value that jobs.toml may set. Capture the handle by value in the functions that use it, where
  // it reads as the present value; windows and the like cannot depend on it. bool, integer,
  // floating point, text or duration.
  template <class T>
  auto param(std::string_view name, const T& default_value, std::string_view doc) const {
    using Value = detail::ParameterValue<T>;
    static_assert(!std::is_void_v<Value>,
                  "a parameter is a bool, an integer, a floating point number, text or a duration");
    return Param<Value>(graph_->parameter(name, default_value, doc));
  }

  // A pool of ids; jobs.toml says where they come from.
  Pool pool(std::string_view name) const {
    graph_->add_pool(name);
    return Pool(graph_->host(), name);
  }

  Counter counter(std::string_view name, std::string_view doc) const {
    return Counter(graph_->host(), name, doc);
  }

  Log log() const { return Log(graph_->host()); }

  // What the job is for, in a sentence.
  void doc(std::string_view text) const { graph_->set_job_doc(text); }

 private:
  detail::Graph* graph_;
};

}  // namespace v1
}  // namespace weir
