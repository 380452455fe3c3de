// WEIR_EACH(macro, a, b, ...): macro(a), macro(b), ... for up to 300 items.
#pragma once

#define WEIR_PARENS ()
#define WEIR_EXPAND(...) WEIR_EXPAND_3(WEIR_EXPAND_3(WEIR_EXPAND_3(WEIR_EXPAND_3(__VA_ARGS__))))
#define WEIR_EXPAND_3(...) WEIR_EXPAND_2(WEIR_EXPAND_2(WEIR_EXPAND_2(WEIR_EXPAND_2(__VA_ARGS__))))
#define WEIR_EXPAND_2(...) WEIR_EXPAND_1(WEIR_EXPAND_1(WEIR_EXPAND_1(WEIR_EXPAND_1(__VA_ARGS__))))
#define WEIR_EXPAND_1(...) WEIR_EXPAND_0(WEIR_EXPAND_0(WEIR_EXPAND_0(WEIR_EXPAND_0(__VA_ARGS__))))
#define WEIR_EXPAND_0(...) __VA_ARGS__

#define WEIR_EACH(macro, ...) WEIR_EXPAND(WEIR_EACH_STEP(macro, __VA_ARGS__))
#define WEIR_EACH_STEP(macro, item, ...) \
  macro(item) __VA_OPT__(, WEIR_EACH_AGAIN WEIR_PARENS(macro, __VA_ARGS__))
#define WEIR_EACH_AGAIN() WEIR_EACH_STEP

// WEIR_IS_LIST((a, b)) is 1, WEIR_IS_LIST(a) is 0.
#define WEIR_IS_LIST(item) WEIR_SECOND(WEIR_LIST_PROBE item, 0, 0)
#define WEIR_LIST_PROBE(...) 0, 1
#define WEIR_SECOND(...) WEIR_SECOND_OF(__VA_ARGS__)
#define WEIR_SECOND_OF(first, second, ...) second

#define WEIR_PASTE(left, right) WEIR_PASTE_TOKENS(left, right)
#define WEIR_PASTE_TOKENS(left, right) left##right
