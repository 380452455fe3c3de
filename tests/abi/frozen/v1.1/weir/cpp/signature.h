// Finds out what a function given to an operator takes and returns.
#pragma once

#include <functional>
#include <tuple>
#include <type_traits>

#include <weir/cpp/out.h>

namespace weir {
inline namespace v1 {
namespace detail {

template <class... Types>
struct LastOf {
  using Type = void;
};
template <class First, class... Rest>
struct LastOf<First, Rest...> {
  using Type = typename LastOf<Rest...>::Type;
};
template <class Last>
struct LastOf<Last> {
  using Type = std::decay_t<Last>;
};

template <class Function>
struct LastParameter;
template <class Result, class... Parameters>
struct LastParameter<Result (*)(Parameters...)> : LastOf<Parameters...> {};
template <class Result, class... Parameters>
struct LastParameter<Result (*)(Parameters...) noexcept> : LastOf<Parameters...> {};
template <class Result, class Class, class... Parameters>
struct LastParameter<Result (Class::*)(Parameters...)> : LastOf<Parameters...> {};
template <class Result, class Class, class... Parameters>
struct LastParameter<Result (Class::*)(Parameters...) noexcept> : LastOf<Parameters...> {};
template <class Result, class Class, class... Parameters>
struct LastParameter<Result (Class::*)(Parameters...) const> : LastOf<Parameters...> {};
template <class Result, class Class, class... Parameters>
struct LastParameter<Result (Class::*)(Parameters...) const noexcept> : LastOf<Parameters...> {};

// The last parameter's type of a function whose leading `auto` parameters get the types Autos, in
// order; void when it cannot be found out.
template <class Function>
constexpr auto last_parameter() {
  if constexpr (std::is_pointer_v<Function>) {
    return std::type_identity<typename LastParameter<Function>::Type>();
  } else if constexpr (requires { &Function::operator(); }) {
    return std::type_identity<typename LastParameter<decltype(&Function::operator())>::Type>();
  } else {
    return std::type_identity<void>();
  }
}

template <class Function, class... Autos>
constexpr auto last_parameter_of_template() {
  if constexpr (requires { &Function::template operator()<Autos...>; }) {
    using Call = decltype(&Function::template operator()<Autos...>);
    return std::type_identity<typename LastParameter<Call>::Type>();
  } else {
    return std::type_identity<void>();
  }
}

template <class T>
struct OutRow {
  using Type = void;
};
template <class T>
struct OutRow<Out<T>> {
  using Type = T;
};

// What a function that ends in a weir::Out<T> emits; void when it does not. A first parameter that
// is `auto` stands for First, a second one for Second.
template <class Function, class First, class Second>
constexpr auto emitted() {
  using Plain = typename OutRow<typename decltype(last_parameter<Function>())::type>::Type;
  using WithFirst =
      typename OutRow<typename decltype(last_parameter_of_template<Function, First>())::type>::Type;
  if constexpr (!std::is_void_v<Plain>) {
    return std::type_identity<Plain>();
  } else if constexpr (!std::is_void_v<WithFirst>) {
    return std::type_identity<WithFirst>();
  } else {
    using WithBoth = typename OutRow<
        typename decltype(last_parameter_of_template<Function, First, Second>())::type>::Type;
    return std::type_identity<WithBoth>();
  }
}

template <class Function, class First, class Second = First>
using Emitted = typename decltype(emitted<Function, First, Second>())::type;

// Whether a function can be called with these and a weir::Out<Result>; not when Result is void.
template <class Function, class Result, class... Arguments>
constexpr bool takes() {
  if constexpr (std::is_void_v<Result>) {
    return false;
  } else {
    return std::is_invocable_v<Function&, Arguments..., Out<Result>>;
  }
}

// A function that also keeps something between calls would lose it with every swap and restart.
template <class Function, class... Arguments>
constexpr void require_constant() {
  static_assert(!std::is_invocable_v<Function&, Arguments...> ||
                    std::is_invocable_v<const Function&, Arguments...>,
                "a job's function keeps nothing between calls: the lambda must not be mutable");
}

}  // namespace detail
}  // namespace v1
}  // namespace weir
