// A plugin that lets a shared library work, and tells which one it was. Its own version is 1.0.0
// with version 1 of the library and 2.0.0 with version 2.
#include <chrono>
#include <cstdint>

#include <weir/sdk.h>

#include "companion.h"

namespace {

struct Number {
  weir::Time at;
  std::int64_t value;
};
WEIR_RECORD(Number, at, value)

struct Result {
  std::int64_t value;
  std::int64_t here;       // By the function that was compiled into the plugin.
  std::int64_t there;      // By the library.
  std::int64_t version;    // Of the library, by its variable.
  std::int64_t size_here;  // Of its struct, as it was compiled into the plugin.
  std::int64_t size_there;
};
WEIR_RECORD(Result, value, here, there, version, size_here, size_there)

void scale(weir::Flow& flow) {
  flow.source<Number>("numbers")
      .event_time(&Number::at, weir::out_of_order(std::chrono::seconds(1)))
      .map("scaled",
           [](const Number& number) {
             companion::Scale scale;
             companion::fill(scale);
             return Result{.value = number.value,
                           .here = companion::apply_inline(scale, number.value),
                           .there = companion::apply(scale, number.value),
                           .version = companion::version,
                           .size_here = sizeof(scale),
                           .size_there = companion::size_of_scale()};
           })
      .sink("results");
}

}  // namespace

#if COMPANION_VERSION >= 2
WEIR_PLUGIN("scaled", "2.0.0") {
  job("scale", scale);
}
#else
WEIR_PLUGIN("scaled", "1.0.0") {
  job("scale", scale);
}
#endif
