#include "job/swap_decision.h"

#include <functional>

#include <gmock/gmock.h>

#include "job/click_job.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

// One side of a swap, to be changed.
struct Side {
  JobSpec spec;
  JobDescription description;
  std::string version = "1.0.0";
  std::string build_id = "aa";

  OperatorDescription& at(std::string_view uid) {
    for (OperatorDescription& each : description.operators) {
      if (each.uid == uid) return each;
    }
    ADD_FAILURE() << "no operator " << uid;
    return description.operators.front();
  }
  void change_output(std::string_view uid, const std::function<void(RecordSchema&)>& change) {
    auto changed = std::make_shared<RecordSchema>(*at(uid).output);
    change(*changed);
    at(uid).output = std::move(changed);
  }
};

// in -> useful -> by user -> sums -> out
Side running() {
  ClickJob job;
  job.sink("out",
           job.sum("sums",
                   job.key_by_user(
                       "user",
                       job.filter("useful", job.source("in"), [](const Click&) { return true; })),
                   {10, 10}));
  Side side{.spec = {}, .description = job.description()};
  side.spec.name = "clicks";
  side.spec.plugin_path = "/store/1.so";
  side.spec.sources.emplace_back().uid = "in";
  side.spec.sinks.emplace_back().uid = "out";
  side.spec.parameters = {std::int64_t{1}};
  return side;
}

Side other_code() {
  Side side = running();
  side.spec.plugin_path = "/store/2.so";
  side.version = "2.0.0";
  side.build_id = "bb";
  return side;
}

Result<SwapDecision> decide(const Side& from, const Side& to) {
  return decide_swap({from.spec, from.description, from.version, from.build_id},
                     {to.spec, to.description, to.version, to.build_id});
}

Field number(std::string name, FieldType type, std::uint32_t offset, std::uint32_t size) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  made.offset = offset;
  made.size = size;
  return made;
}

struct Row {
  std::string what;
  std::function<void(Side&)> change;
  SwapKind kind;
  std::string reason = {};
};

class SwapDecisionTable : public testing::TestWithParam<Row> {};

TEST_P(SwapDecisionTable, Decides) {
  Side wanted = other_code();
  GetParam().change(wanted);

  const auto decision = decide(running(), wanted);

  ASSERT_TRUE(decision) << decision.error().text();
  EXPECT_EQ(decision->kind, GetParam().kind) << decision->reason;
  EXPECT_THAT(decision->reason, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    SwapDecisionTable,
    testing::Values(Row{"nothing", [](Side& side) { side = running(); }, SwapKind::Nothing},
                    Row{"other text for people",
                        [](Side& side) {
                          side = running();
                          side.at("sums").doc = "more";
                        },
                        SwapKind::Nothing},
                    Row{"other class and epochs",
                        [](Side& side) {
                          side = running();
                          side.spec.job_class = "label";
                          side.spec.epoch = std::chrono::seconds(9);
                        },
                        SwapKind::Nothing},
                    Row{"parameters",
                        [](Side& side) {
                          side = running();
                          side.spec.parameters = {std::int64_t{2}};
                        },
                        SwapKind::Parameters},
                    Row{"code", [](Side&) {}, SwapKind::Swap},
                    Row{"code and parameters",
                        [](Side& side) { side.spec.parameters = {std::int64_t{2}}; },
                        SwapKind::Swap},
                    Row{"another build of the same version",
                        [](Side& side) { side.version = "1.0.0"; },
                        SwapKind::Swap},
                    Row{"operators in another order",
                        [](Side& side) {
                          auto& operators = side.description.operators;
                          OperatorDescription second = operators[0];
                          second.uid = "another";
                          operators.push_back(second);
                        },
                        SwapKind::Restart,
                        "operator another is new"},
                    Row{"operator gone",
                        [](Side& side) {
                          side.at("user").inputs = {0};
                          side.at("useful").uid = "renamed";
                        },
                        SwapKind::Restart,
                        "operator useful is gone"},
                    Row{"other inputs",
                        [](Side& side) { side.at("user").inputs = {0}; },
                        SwapKind::Restart,
                        "operator user has other inputs"},
                    Row{"a source's record",
                        [](Side& side) {
                          side.change_output("in", [](RecordSchema& record) { record.size += 8; });
                        },
                        SwapKind::Restart,
                        "operator in makes other records"},
                    Row{"a field that is called otherwise",
                        [](Side& side) {
                          side.change_output(
                              "sums", [](RecordSchema& record) { record.fields[2].name = "sum"; });
                        },
                        SwapKind::Restart,
                        "operator sums makes other records"},
                    Row{"event time",
                        [](Side& side) { side.at("in").event_time->out_of_order = 5; },
                        SwapKind::Restart,
                        "operator in has another event time"},
                    Row{"lateness",
                        [](Side& side) { side.at("sums").window->allowed_lateness = 5; },
                        SwapKind::Restart,
                        "operator sums has other windows"},
                    Row{"first accumulator",
                        [](Side& side) { side.at("sums").state->initial[0] = std::byte{1}; },
                        SwapKind::Restart,
                        "begins with another accumulator"},
                    Row{"another number of the same accumulator",
                        [](Side& side) { side.at("sums").state->version = 2; },
                        SwapKind::Restart,
                        "operator sums counts its accumulator as version 2"},
                    Row{"accumulator with one more field",
                        [](Side& side) {
                          StateSchema& state = *side.at("sums").state;
                          state.version = 2;
                          state.record.size = 16;
                          state.initial.resize(16);
                          state.record.fields.push_back(number("seen", FieldType::I32, 8, 4));
                        },
                        SwapKind::Restart,
                        "the state of operator sums is converted (new: seen)"},
                    Row{"accumulator that is wider",
                        [](Side& side) {
                          StateSchema& state = *side.at("sums").state;
                          state.version = 2;
                          state.record.fields = {number("sum", FieldType::I64, 0, 8)};
                        },
                        SwapKind::Restart,
                        "(new: sum; gone: amount)"},
                    Row{"a source that is connected otherwise",
                        [](Side& side) {
                          side.spec.sources[0].request.options["topics"] = "other";
                        },
                        SwapKind::Restart,
                        "source in is connected otherwise"},
                    Row{"one more side stream",
                        [](Side& side) { side.spec.sides.emplace_back().stream = "late"; },
                        SwapKind::Restart,
                        "other side streams"},
                    Row{"pools",
                        [](Side& side) { side.description.pools = {"vip"}; },
                        SwapKind::Restart,
                        "other pools"},
                    Row{"bad records",
                        [](Side& side) { side.spec.on_error = OnError::Stop; },
                        SwapKind::Restart,
                        "on_error"}));

struct Refusal {
  std::string what;
  std::function<void(Side&)> change;
  std::string message;
};

class SwapRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(SwapRefusal, SaysWhy) {
  Side wanted = other_code();
  GetParam().change(wanted);

  const auto decision = decide(running(), wanted);

  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().kind(), ErrorKind::Incompatible);
  EXPECT_EQ(decision.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    SwapRefusal,
    testing::Values(
        Refusal{"window size",
                [](Side& side) {
                  side.at("sums").window = WindowSpec{20, 20};
                },
                "operator sums: its state is of windows of 10 ms every 10 ms from 0 ms on, and "
                "open ones cannot be cut into 20 ms every 20 ms from 0 ms on"},
        Refusal{"keys",
                [](Side& side) { side.at("user").key->fields[0].type = FieldType::I64; },
                "operator sums: its state is by keys of other types"},
        Refusal{"a field of another type",
                [](Side& side) {
                  StateSchema& state = *side.at("sums").state;
                  state.version = 2;
                  state.record.fields[0].type = FieldType::F64;
                },
                "operator sums: field amount was i64, and f64 cannot be made of it"},
        Refusal{"the same version",
                [](Side& side) { side.at("sums").state->record.fields[0].name = "sum"; },
                "operator sums: its accumulator Total is another one under the same version 1: "
                "the version must change with the fields"},
        Refusal{"state that nobody takes",
                [](Side& side) { side.at("sums").uid = "totals"; },
                "operator sums: it keeps state, and the new code has no such operator"},
        Refusal{"rows instead of accumulators",
                [](Side& side) {
                  side.at("sums").kind = OperatorKind::WindowRows;
                  side.at("sums").state.reset();
                },
                "operator sums: it kept rows or accumulators, and now the other"},
        Refusal{"a file that changed under its code",
                [](Side& side) { side.spec.plugin_path = "/store/1.so"; },
                "/store/1.so was changed while its code ran (build aa, now bb): new code needs a "
                "file of its own"}));

TEST(SwapDecision, TellsTheFateOfEachState) {
  Side wanted = other_code();
  StateSchema& state = *wanted.at("sums").state;
  state.version = 2;
  state.record.fields[0].name = "sum";

  EXPECT_THAT(decide(running(), other_code())->states,
              testing::ElementsAre(StateStep{"sums", StateFate::AsIs, ""}));
  EXPECT_THAT(decide(running(), wanted)->states,
              testing::ElementsAre(StateStep{"sums", StateFate::Read, "new: sum; gone: amount"}));
}

}  // namespace
}  // namespace weir
