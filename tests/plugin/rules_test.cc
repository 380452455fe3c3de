// Every rule of check_description(), each broken once in an otherwise good plugin.

#include "plugin/rules.h"

#include <functional>
#include <limits>

#include <gmock/gmock.h>

#include "plugin/limits.h"
#include "plugin/plugin.h"

namespace weir {
namespace {

struct BrokenRule {
  std::string message;
  std::function<void(PluginDescription&)> breaks;
};

PluginDescription good() {
  auto plugin = read_manifest(std::filesystem::path(WEIR_TEST_PLUGINS) / "libminimal.so");
  EXPECT_TRUE(plugin) << plugin.error().text();
  return *plugin;
}

OperatorDescription& at(PluginDescription& plugin, std::string_view uid) {
  for (JobDescription& job : plugin.jobs) {
    for (OperatorDescription& each : job.operators) {
      if (each.uid == uid) return each;
    }
  }
  CHECK(false);
}

// Gives an operator a changed copy of its record.
void change_record(OperatorDescription& each, const std::function<void(RecordSchema&)>& change) {
  auto record = std::make_shared<RecordSchema>(*each.output);
  change(*record);
  each.output = record;
}

void expect_refusals(const std::vector<BrokenRule>& rules) {
  ASSERT_TRUE(check_description(good()));
  for (const BrokenRule& rule : rules) {
    PluginDescription plugin = good();
    rule.breaks(plugin);
    const Status status = check_description(plugin);
    if (status) {
      ADD_FAILURE() << "not refused: " << rule.message;
    } else {
      EXPECT_EQ(status.error().message(), rule.message);
    }
  }
}

TEST(Rules, OfThePlugin) {
  expect_refusals({
      {"built for ABI 2, this host has ABI 1.1: rebuild it with this host's SDK",
       [](auto& plugin) { plugin.abi_major = 2; }},
      {"needs ABI 1.7, this host has 1.1: use a newer host",
       [](auto& plugin) { plugin.abi_minor = 7; }},
      {"plugin \"Mini_mal\": its name is made of a-z, 0-9 and -",
       [](auto& plugin) { plugin.name = "Mini_mal"; }},
      {"plugin minimal: version \"1.0\" is not like 1.4.0",
       [](auto& plugin) { plugin.version = "1.0"; }},
      {"plugin minimal: version \"1.00.0\" is not like 1.4.0",
       [](auto& plugin) { plugin.version = "1.00.0"; }},
      {"two jobs are called words", [](auto& plugin) { plugin.jobs[1].name = "words"; }},
      {"job \"two words\": a name is made of a-z, 0-9, _ and - and .",
       [](auto& plugin) { plugin.jobs[0].name = "two words"; }},
      {"two connectors are called counting",
       [](auto& plugin) { plugin.sink_connectors[0].name = "counting"; }},
      {"connector counted: delivery 3 is kept for transactional sinks of plugins, which ABI 1.1 "
       "does "
       "not have: declare it at least once or idempotent",
       [](auto& plugin) { plugin.sink_connectors[0].delivery = 3; }},
      {"connector counted: unknown delivery: 9",
       [](auto& plugin) { plugin.sink_connectors[0].delivery = 9; }},
      {"job kinds: two parameters are called ratio",
       [](auto& plugin) { plugin.jobs[1].parameters[0].name = "ratio"; }},
      {"job words: parameter longest: the default is not a finite number",
       [](auto& plugin) {
         plugin.jobs[0].parameters[0].default_value = std::numeric_limits<double>::infinity();
       }},
      {"job kinds: pool \"banned\" has no name, or its name twice",
       [](auto& plugin) { plugin.jobs[1].pools.push_back("banned"); }},
      {"job words: has no operators", [](auto& plugin) { plugin.jobs[0].operators.clear(); }},
  });
}

TEST(Rules, OfTheGraph) {
  expect_refusals({
      {"job words: operator 1: uid \"Split!\" is not made of a-z, 0-9, _ and - and .",
       [](auto& plugin) { at(plugin, "split").uid = "Split!"; }},
      {"job words: two operators have the uid lines",
       [](auto& plugin) { at(plugin, "totals").uid = "lines"; }},
      {"job words: operator split: input 1 does not stand before it (it is operator 1)",
       [](auto& plugin) { at(plugin, "split").inputs = {1}; }},
      {"job words: operator split: a map operator cannot have 2 inputs",
       [](auto& plugin) {
         at(plugin, "split").inputs = {0, 0};
       }},
      {"job kinds: operator all: a union operator cannot have 1 inputs",
       [](auto& plugin) { at(plugin, "all").inputs = {0}; }},
      {"job words: operator split: a map operator needs an output record",
       [](auto& plugin) { at(plugin, "split").output = nullptr; }},
      {"job words: operator totals: a sink operator cannot have an output record",
       [](auto& plugin) { at(plugin, "totals").output = at(plugin, "lines").output; }},
      {"job words: operator lines: a source operator needs an event time",
       [](auto& plugin) { at(plugin, "lines").event_time.reset(); }},
      {"job words: operator word: a key_by operator needs a key",
       [](auto& plugin) { at(plugin, "word").key.reset(); }},
      {"job words: operator counts: a window_aggregate operator needs a state",
       [](auto& plugin) { at(plugin, "counts").state.reset(); }},
      {"job words: operator counts: a window_aggregate operator needs a window",
       [](auto& plugin) { at(plugin, "counts").window.reset(); }},
      {"job words: operator word: passes rows on, but its record Line is not the record Word of "
       "split",
       [](auto& plugin) { at(plugin, "word").output = at(plugin, "lines").output; }},
      {"job words: operator counts: its input split is not a key_by",
       [](auto& plugin) { at(plugin, "counts").inputs = {1}; }},
      {"job words: operator totals: key_by word must be followed by a window or a cogroup",
       [](auto& plugin) { at(plugin, "totals").inputs = {2}; }},
      {"job kinds: operator together: its inputs are keyed by different types",
       [](auto& plugin) { at(plugin, "students").key->fields[0].type = FieldType::Text; }},
      {"job words: the rows of operator counts go nowhere",
       [](auto& plugin) { plugin.jobs[0].operators.pop_back(); }},
  });
}

TEST(Rules, OfKeysWindowsAndTime) {
  expect_refusals({
      {"job words: operator word: field word of the key cannot be of type f64",
       [](auto& plugin) { at(plugin, "word").key->fields[0].type = FieldType::F64; }},
      {"job words: operator word: a key has 1 to 16 fields, not 0",
       [](auto& plugin) { at(plugin, "word").key->fields.clear(); }},
      {"job words: operator counts: window size 0 ms is not between 1 and 3162240000000",
       [](auto& plugin) { at(plugin, "counts").window->size = 0; }},
      {"job words: operator counts: window slide 20000 ms is not between 1 and its size 10000",
       [](auto& plugin) { at(plugin, "counts").window->slide = 20'000; }},
      {"job words: operator counts: a row would be in 10000000 windows, at most 1000000 are "
       "allowed",
       [](auto& plugin) {
         at(plugin, "counts").window->size = 10'000'000;
         at(plugin, "counts").window->slide = 1;
       }},
      {"job words: operator counts: window offset -1 ms is not between 0 and its slide 10000",
       [](auto& plugin) { at(plugin, "counts").window->offset = -1; }},
      {"job words: operator counts: allowed lateness -5 ms is not between 0 and 3162240000000",
       [](auto& plugin) { at(plugin, "counts").window->allowed_lateness = -5; }},
      {"job words: operator lines: event time at byte 8 is not a time field of record Line that "
       "is always there",
       [](auto& plugin) { at(plugin, "lines").event_time->field_offset = 8; }},
      {"job words: operator lines: out of order by -1 ms is not between 0 and 3162240000000",
       [](auto& plugin) { at(plugin, "lines").event_time->out_of_order = -1; }},
      {"job words: operator counts: the version of a state starts at 1",
       [](auto& plugin) { at(plugin, "counts").state->version = 0; }},
      {"job words: operator counts: the initial state has 3 bytes, its record 8",
       [](auto& plugin) { at(plugin, "counts").state->initial.resize(3); }},
      {"job words: operator counts: migration from version 1: not earlier than version 1 of the "
       "state",
       [](auto& plugin) {
         StateSchema& state = *at(plugin, "counts").state;
         state.migrations.push_back({1, state.record});
       }},
      {"job words: operator counts: migration from version 2 comes twice",
       [](auto& plugin) {
         StateSchema& state = *at(plugin, "counts").state;
         state.version = 3;
         state.migrations = {{2, state.record}, {2, state.record}};
       }},
      {"job words: operator counts: migration from version 1: Line has text outside of itself",
       [](auto& plugin) {
         at(plugin, "counts").state->version = 2;
         at(plugin, "counts").state->migrations.push_back({1, *at(plugin, "lines").output});
       }},
      {"job words: operator counts: state Line has text outside of itself",
       [](auto& plugin) {
         at(plugin, "counts").state->record = *at(plugin, "lines").output;
         at(plugin, "counts").state->initial.resize(24);
       }},
  });
}

// A rule of the record of `lines`, which has a time at byte 0 and a text at byte 8.
BrokenRule of_record(std::string message, std::function<void(RecordSchema&)> change) {
  return {"job words: operator lines: record Line: " + std::move(message),
          [change](PluginDescription& plugin) { change_record(at(plugin, "lines"), change); }};
}

TEST(Rules, OfRecords) {
  expect_refusals({
      of_record("two fields are called at", [](auto& record) { record.fields[1].name = "at"; }),
      of_record("alignment 3 is not 1, 2, 4, 8 or 16", [](auto& record) { record.alignment = 3; }),
      of_record("alignment 0 is not 1, 2, 4, 8 or 16", [](auto& record) { record.alignment = 0; }),
      of_record("size 25 is not a multiple of its alignment 8, or is 0 or above 65536",
                [](auto& record) { record.size = 25; }),
      of_record("has 0 fields, needs 1 to 1024", [](auto& record) { record.fields.clear(); }),
      of_record("field text: ends at byte 32, behind the end of the record at 24",
                [](auto& record) { record.fields[1].offset = 16; }),
      of_record("field text: ends at byte 4294967304, behind the end of the record at 24",
                [](auto& record) { record.fields[1].offset = 0xffff'fff8; }),
      of_record("fields at and text overlap at byte 0",
                [](auto& record) { record.fields[1].offset = 0; }),
      of_record("field text: has 8 bytes, a text has 16",
                [](auto& record) { record.fields[1].size = 8; }),
      of_record("field at: offset 4 is not aligned to 8",
                [](auto& record) {
                  record.size = 40;
                  record.fields[0].offset = 4;
                  record.fields[1].offset = 16;
                }),
      of_record("field at: presence byte 24 is behind the end of the record at 24",
                [](auto& record) { record.fields[0].presence_offset = 24; }),
      of_record("fields text and at overlap at byte 9",
                [](auto& record) { record.fields[0].presence_offset = 9; }),
      of_record("field at: only an enum has enumerators",
                [](auto& record) {
                  record.fields[0].enumerators = {{"One", 1}};
                }),
      of_record("field at: only a parameter can be a duration",
                [](auto& record) { record.fields[0].type = FieldType::Duration; }),
      of_record("field text: a nested record is not described",
                [](auto& record) { record.fields[1].type = FieldType::Record; }),
  });
}

TEST(Rules, OfEnumerations) {
  const auto of_mood = [](std::string message, std::vector<Enumerator> enumerators) {
    return BrokenRule{"job kinds: operator left: record Event: field mood: " + message,
                      [enumerators](PluginDescription& plugin) {
                        change_record(at(plugin, "left"), [&](RecordSchema& record) {
                          record.fields[3].enumerators = enumerators;
                        });
                      }};
  };
  expect_refusals({
      of_mood("an enum needs enumerators", {}),
      of_mood("an enumerator has no name", {{"", 1}}),
      of_mood("two enumerators are called A", {{"A", 1}, {"A", 2}}),
      of_mood("two enumerators have the value 1", {{"A", 1}, {"B", 1}}),
  });
}

// The same record again and again, each time twice inside the next: were every path walked, this
// would take longer than anyone lives.
TEST(Rules, NestedRecordsTakeNoMoreTimeThanTheirBytes) {
  auto record = std::make_shared<RecordSchema>(RecordSchema{"r0", "", 1, 1, {}});
  record->fields.push_back({"value", FieldType::U8, 0, 1, {}, "", "", {}, nullptr});
  for (std::uint32_t level = 1; level < 100; ++level) {
    auto outer = std::make_shared<RecordSchema>(
        RecordSchema{"r" + std::to_string(level), "", record->size, 1, {}});
    for (int i = 0; i < 1000; ++i) {
      outer->fields.push_back(
          {"f" + std::to_string(i), FieldType::Record, 0, record->size, {}, "", "", {}, record});
    }
    record = outer;
  }

  EXPECT_FALSE(check_record(*record));
}

}  // namespace
}  // namespace weir
