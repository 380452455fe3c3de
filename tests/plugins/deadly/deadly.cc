// A plugin for tests whose functions kill the process, do not come back, or refuse, when a record
// tells them to: it names the operator and the way.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include <weir/sdk.h>

using namespace std::chrono_literals;

namespace {

struct Order {
  weir::Time at;
  std::int64_t value;
  weir::Text where;  // Operator; empty: nothing happens.
  weir::Text how;    // "segv", "abort", "trap", "fpe", "overflow", "hang", "refuse"
};
WEIR_RECORD(Order, at, value, where, how)

struct Sum {
  std::int64_t value = 0;
  std::int64_t count = 0;
  bool is_refused = false;
};
WEIR_STATE(Sum, 1, value, count, is_refused)

struct Total {
  std::int64_t key;
  std::int64_t sum;
  std::int64_t count;
};
WEIR_RECORD(Total, key, sum, count)

// No page lies there.
volatile std::uintptr_t nowhere = 4096 + 16;
volatile bool is_hanging = true;

// Deeper and deeper, whatever the compiler thinks of it.
int overflow(volatile char* outer) {
  volatile char inner[1024] = {};
  inner[0] = static_cast<char>(outer[0] + 1);
  return overflow(inner) + inner[0];
}

void obey(const Order& order, std::string_view here) {
  if (std::string_view(order.where) != here) return;
  const std::string_view how = order.how;
  if (how == "segv") *reinterpret_cast<volatile int*>(nowhere) = 1;
  if (how == "abort") std::abort();
  if (how == "trap") __builtin_trap();
  if (how == "fpe") std::raise(SIGFPE);
  if (how == "overflow") {
    volatile char outer[1] = {};
    nowhere = static_cast<std::uintptr_t>(overflow(outer));
  }
  if (how == "refuse") throw std::runtime_error("asked to refuse");
  while (how == "hang" && is_hanging) {}
}

void pass(weir::Flow& flow) {
  flow.doc("every record as it is");
  flow.source<Order>("in")
      .event_time(&Order::at, weir::out_of_order(1s))
      .filter("kept",
              [](const Order& order) {
                obey(order, "kept");
                return true;
              })
      .map("copied",
           [](const Order& order) {
             obey(order, "copied");
             return order;
           })
      .sink("out");
}

void sum(weir::Flow& flow) {
  flow.doc("sums by the last digit of the value");
  flow.source<Order>("in")
      .event_time(&Order::at, weir::out_of_order(1s))
      .key_by("digit", [](const Order& order) { return weir::key(order.value % 10); })
      .window("sums", weir::tumbling(10s))
      .aggregate<Sum>(
          [](Sum& into, const Order& order) {
            obey(order, "sums");
            into.value += order.value;
            ++into.count;
            into.is_refused |= std::string_view(order.where) == "fire";
          },
          [](const auto& key, weir::Window, const Sum& made, weir::Out<Total> out) {
            if (made.is_refused) throw std::runtime_error("asked to refuse the window");
            const auto& [digit] = key;
            out({.key = digit, .sum = made.value, .count = made.count});
          })
      .sink("out");
}

}  // namespace

WEIR_PLUGIN("deadly", "1.0.0") {
  job("pass", pass);
  job("sum", sum);
}
