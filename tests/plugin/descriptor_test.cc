// Tables of plugins whose author took no care.

#include "plugin/descriptor.h"

#include <gmock/gmock.h>

#include "plugin/call_error.h"

namespace weir {
namespace {

weir_text text(std::string_view text) {
  return {text.data(), text.size()};
}

// One job that hands rows from a source to a sink, where each table can be spoiled.
struct Tables {
  Tables() {
    field.struct_size = sizeof(field);
    field.type = WEIR_TIME;
    field.size = 8;
    field.name = text("at");
    record.struct_size = sizeof(record);
    record.size = 8;
    record.alignment = 8;
    record.field_count = 1;
    record.fields = fields;
    record.name = text("Tick");
    event_time.struct_size = sizeof(event_time);
    source.struct_size = sizeof(source);
    source.kind = WEIR_SOURCE;
    source.uid = text("in");
    source.output = &record;
    source.event_time = &event_time;
    source.state = &state;
    state.struct_size = sizeof(state);
    state.version = 2;
    state.record = &record;
    state.initial = initial;
    state.migration_count = 1;
    state.migrations = migrations;
    migration.struct_size = sizeof(migration);
    migration.version = 1;
    migration.record = &record;
    migration.migrate =
        [](std::uint32_t, void* const*, const void* const*, weir_error*) noexcept -> weir_status {
      return WEIR_FAILED;
    };
    sink.struct_size = sizeof(sink);
    sink.kind = WEIR_SINK;
    sink.uid = text("out");
    sink.input_count = 1;
    sink.inputs = inputs;
    parameter.struct_size = sizeof(parameter);
    parameter.name = text("limit");
    parameter.default_value.type = WEIR_I64;
    job.struct_size = sizeof(job);
    job.name = text("pass");
    job.operator_count = 2;
    job.operators = operators;
    job.parameter_count = 1;
    job.parameters = parameters;
    job.create = [](const weir_job*,
                    const weir_host*,
                    const weir_value*,
                    weir_instance**,
                    weir_error*) noexcept -> weir_status { return WEIR_FAILED; };
    plugin.struct_size = sizeof(plugin);
    plugin.abi_major = WEIR_ABI_MAJOR;
    plugin.name = text("tables");
    plugin.version = text("1.0.0");
    plugin.job_count = 1;
    plugin.jobs = jobs;
  }

  weir_field field{};
  const weir_field* fields[1] = {&field};
  weir_record record{};
  weir_event_time event_time{};
  const char initial[8] = {};
  weir_migration migration{};
  const weir_migration* migrations[1] = {&migration};
  weir_state state{};
  std::uint32_t inputs[1] = {0};
  weir_operator source{};
  weir_operator sink{};
  const weir_operator* operators[2] = {&source, &sink};
  weir_parameter parameter{};
  const weir_parameter* parameters[1] = {&parameter};
  weir_job job{};
  const weir_job* jobs[1] = {&job};
  weir_plugin plugin{};
};

TEST(Descriptor, IsReadAsItIs) {
  Tables tables;

  const auto plugin = read_descriptor(tables.plugin);

  ASSERT_TRUE(plugin) << plugin.error().text();
  EXPECT_EQ(plugin->jobs[0].operators[0].output->fields[0].name, "at");
  EXPECT_EQ(plugin->jobs[0].parameters[0].name, "limit");
  const StateSchema& state = *plugin->jobs[0].operators[0].state;
  ASSERT_EQ(state.migrations.size(), 1u);
  EXPECT_EQ(state.migrations[0].version, 1u);
  EXPECT_EQ(state.migrations[0].record.name, "Tick");
}

TEST(Descriptor, OfAnEarlierMinorHasNoMigrations) {
  Tables tables;
  tables.state.struct_size = offsetof(weir_state, migration_count);

  const auto plugin = read_descriptor(tables.plugin);

  ASSERT_TRUE(plugin) << plugin.error().text();
  EXPECT_TRUE(plugin->jobs[0].operators[0].state->migrations.empty());
}

TEST(Descriptor, IsRefusedWithAReason) {
  static const char* const nothing = nullptr;
  static const std::string long_name(1'000, 'x');
  struct Case {
    std::string message;
    void (*spoil)(Tables& tables);
  };
  const Case cases[] = {
      {"weir_plugin has struct_size 8, needs at least 104",
       [](Tables& tables) { tables.plugin.struct_size = 8; }},
      {"name is missing",
       [](Tables& tables) {
         tables.plugin.name = {nothing, 5};
       }},
      {"name has 1000 bytes, at most 128 are allowed",
       [](Tables& tables) { tables.plugin.name = text(long_name); }},
      {"has 4294967295 jobs, at most 256 are allowed",
       [](Tables& tables) { tables.plugin.job_count = UINT32_MAX; }},
      {"the list of jobs is missing", [](Tables& tables) { tables.plugin.jobs = nullptr; }},
      {"job 0: it is missing", [](Tables& tables) { tables.jobs[0] = nullptr; }},
      {"job 0: it has struct_size 0, needs at least 80",
       [](Tables& tables) { tables.job.struct_size = 0; }},
      {"job 0: create is missing", [](Tables& tables) { tables.job.create = nullptr; }},
      {"job 0: parameter 0: unknown type: 99",
       [](Tables& tables) { tables.parameter.default_value.type = 99; }},
      {"job 0: parameter 0: a parameter cannot be of type record",
       [](Tables& tables) { tables.parameter.default_value.type = WEIR_RECORD_FIELD; }},
      {"job 0: parameter 0: default is missing",
       [](Tables& tables) {
         tables.parameter.default_value.type = WEIR_TEXT;
         tables.parameter.default_value.text = {nothing, 3};
       }},
      {"job 0: operator 1: it is missing", [](Tables& tables) { tables.operators[1] = nullptr; }},
      {"job 0: operator 0: unknown kind: 77", [](Tables& tables) { tables.source.kind = 77; }},
      {"job 0: operator 1: the list of inputs is missing",
       [](Tables& tables) { tables.sink.inputs = nullptr; }},
      {"job 0: operator 1: has 1000000 inputs, at most 256 are allowed",
       [](Tables& tables) { tables.sink.input_count = 1'000'000; }},
      {"job 0: operator 0: record Tick has 4294967295 bytes, at most 65536 are allowed",
       [](Tables& tables) { tables.record.size = UINT32_MAX; }},
      {"job 0: operator 0: record Tick: has 5000 fields, at most 1024 are allowed",
       [](Tables& tables) { tables.record.field_count = 5'000; }},
      {"job 0: operator 0: record Tick: field 0: it is missing",
       [](Tables& tables) { tables.fields[0] = nullptr; }},
      {"job 0: operator 0: record Tick: field 0: unknown type: 0",
       [](Tables& tables) { tables.field.type = 0; }},
      {"record Tick: field 0: records are nested deeper than 8",
       [](Tables& tables) { tables.field.record = &tables.record; }},
      {"job 0: operator 0: has 65 migrations, at most 64 are allowed",
       [](Tables& tables) { tables.state.migration_count = 65; }},
      {"job 0: operator 0: migration 0: it has struct_size 16, needs at least 24",
       [](Tables& tables) { tables.migration.struct_size = 16; }},
      {"job 0: operator 0: migration 0: migrate is missing",
       [](Tables& tables) { tables.migration.migrate = nullptr; }},
      {"job 0: operator 0: migration 0: record is missing",
       [](Tables& tables) { tables.migration.record = nullptr; }},
      {"job 0: the list of pools is missing", [](Tables& tables) { tables.job.pool_count = 1; }},
  };
  for (const Case& each : cases) {
    Tables tables;
    each.spoil(tables);
    const auto plugin = read_descriptor(tables.plugin);
    if (plugin) {
      ADD_FAILURE() << "not refused: " << each.message;
    } else {
      EXPECT_THAT(plugin.error().message(), ::testing::EndsWith(each.message));
    }
  }
}

TEST(Descriptor, IsAskedForItsAbiBeforeAnythingElse) {
  Tables newer;
  newer.plugin.abi_minor = 9;
  newer.source.kind = 77;
  EXPECT_EQ(read_descriptor(newer.plugin).error().message(),
            "needs ABI 1.9, this host has 1.1: use a newer host");

  Tables other;
  other.plugin.abi_major = 2;
  other.plugin.struct_size = 16;
  EXPECT_EQ(read_descriptor(other.plugin).error().message(),
            "built for ABI 2, this host has ABI 1.1: rebuild it with this host's SDK");
}

TEST(CallError, BoundsWhatAPluginWrote) {
  weir_error error = fresh_call_error();
  std::fill_n(error.message, sizeof(error.message), 'x');
  error.message[1] = '\n';
  error.message_size = UINT32_MAX;

  const std::string message = error_of(error).message();

  EXPECT_EQ(message.size(), WEIR_ERROR_MESSAGE_MAX);
  EXPECT_EQ(message.substr(0, 3), "x x");
  EXPECT_EQ(error_of(fresh_call_error()).message(), "failed without a message");
}

}  // namespace
}  // namespace weir
