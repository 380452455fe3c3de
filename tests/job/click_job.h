// Jobs for tests, made of functions in this process instead of a plugin.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <weir/abi.h>

#include "base/guarded.h"
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

  explicit ClickJob(std::string version = "1.0.0");

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
  // The same, with an accumulator of this version: from 2 on there is a field before the sum.
  Operator sum(std::string uid, Operator input, WindowSpec window, std::uint32_t state_version);
  // One row for each key and window, with pair_digest() of the amounts of both sides.
  Operator co_group(std::string uid, Operator left, Operator right, WindowSpec window);
  void sink(std::string uid, Operator input);

  const JobDescription& description() const override { return description_; }
  std::string version() const override { return version_; }
  std::string build_id() const override { return version_; }
  Result<std::unique_ptr<JobFunctions>> create(
      std::span<const ParameterValue> values,
      std::shared_ptr<PluginServices> services) const override;

  // A parameter of type i64.
  void parameter(std::string name, std::int64_t default_value);
  // From now on nobody can make its functions.
  void fail_create(Error error) { create_failure_ = std::move(error); }

  // Copies of its functions that are there, and the values that the last one was made with.
  std::size_t live_functions() const;
  std::vector<ParameterValue> last_values() const;

 private:
  struct Body {
    std::function<bool(const Click&)> keeps;
    std::function<std::vector<std::int64_t>(const Click&)> amounts;
    std::function<void(const Click&)> look;
    std::size_t amount_offset = 0;  // Of the sum in an accumulator.
    weir_functions functions{};
  };

  class Functions;
  Operator add(OperatorKind kind, std::string uid, std::vector<Operator> inputs);
  Body& body(Operator index) { return bodies_.at(index); }

  std::string version_;
  JobDescription description_;
  std::optional<Error> create_failure_;
  struct Uses {
    std::size_t live = 0;
    std::vector<ParameterValue> last_values;
  };
  std::shared_ptr<Guarded<Uses>> uses_ = std::make_shared<Guarded<Uses>>();
  std::deque<Body> bodies_;  // By operator; the functions point to them.
};

// Tells which amounts stand on which side, whatever their order.
std::int64_t pair_digest(std::span<const std::int64_t> left, std::span<const std::int64_t> right);

// The click as the sources read and the sinks write it.
std::string click(std::int64_t tm, std::string_view user, std::int64_t amount = 1);

}  // namespace weir
