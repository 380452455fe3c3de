// Jobs for tests, made of functions in this process instead of a plugin.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <weir/abi.h>

#include "job/job_code.h"

namespace weir {

// The one record type of these jobs; also what its windows make (the sum of the amounts).
struct Click {
  std::int64_t tm;
  weir_text user;
  std::int64_t amount;

  std::string_view user_id() const { return {user.data, user.size}; }
};

// A job that is put together operator by operator, before it is submitted. A function that throws
// refuses the row; the text of the exception is the reason.
class ClickJob final : public JobCode {
 public:
  using Operator = std::size_t;

  ClickJob();

  Operator source(std::string uid, std::int64_t out_of_order = 0);
  Operator filter(std::string uid, Operator input, std::function<bool(const Click&)> keeps);
  // One row for each amount: the click with that amount.
  Operator map(std::string uid,
               Operator input,
               std::function<std::vector<std::int64_t>(const Click&)> amounts);
  Operator key_by_user(std::string uid, Operator input);
  Operator unite(std::string uid, std::vector<Operator> inputs);
  // `look` sees each row before it is added, and may refuse it.
  Operator sum(std::string uid,
               Operator input,
               WindowSpec window,
               std::function<void(const Click&)> look = {});
  // One row for each key and window, with pair_digest() of the amounts of both sides.
  Operator co_group(std::string uid, Operator left, Operator right, WindowSpec window);
  void sink(std::string uid, Operator input);

  const JobDescription& description() const override { return description_; }
  std::string version() const override { return "1.0.0"; }
  Result<std::unique_ptr<JobFunctions>> create(
      std::span<const ParameterValue> values,
      std::shared_ptr<PluginServices> services) const override;

 private:
  struct Body {
    std::function<bool(const Click&)> keeps;
    std::function<std::vector<std::int64_t>(const Click&)> amounts;
    std::function<void(const Click&)> look;
    weir_functions functions{};
  };

  class Functions;
  Operator add(OperatorKind kind, std::string uid, std::vector<Operator> inputs);
  Body& body(Operator index) { return bodies_.at(index); }

  JobDescription description_;
  std::deque<Body> bodies_;  // By operator; the functions point to them.
};

// Tells which amounts stand on which side, whatever their order.
std::int64_t pair_digest(std::span<const std::int64_t> left, std::span<const std::int64_t> right);

// The click as the sources read and the sinks write it.
std::string click(std::int64_t tm, std::string_view user, std::int64_t amount = 1);

}  // namespace weir
