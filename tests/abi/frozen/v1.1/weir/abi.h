// The border between the Weir host and a plugin: plain C11, no symbol of the host is linked
// against.
//
// A plugin is one shared library that exports exactly one function, weir_plugin_open_v1(). It
// returns tables that describe jobs and connectors and hold their functions. The host owns time,
// state, delivery and the wire; a plugin owns logic.
//
// Rules that hold for everything here:
//
// Growth. A struct that can grow starts with `struct_size`, the size its maker knew. New members
// come at the end only; a reader looks at a member only if it lies inside `struct_size`. Lists are
// arrays of pointers, so that elements may grow too; where an array holds such structs themselves
// (weir_message, the sides of weir_groups), element i is i times the struct_size of the first one
// behind it. Structs without `struct_size` never change. Nothing is ever removed, reordered or
// given another meaning inside a major version. `reserved` is 0.
//
// Numbers and structs are those of a 64-bit little-endian machine; there is no other.
//
// Text is UTF-8, given by pointer and size, never terminated by a zero byte. A pointer may be NULL
// when its size is 0. Times are milliseconds since 1970-01-01 UTC; durations are milliseconds.
//
// Ownership. A descriptor (weir_plugin and all it points to) lives from the return of
// weir_plugin_open_v1() until the library is unloaded, and never changes. Arguments of a call are
// lent until it returns. Nothing allocated on one side is freed by the other, except through a
// `destroy` function.
//
// Tables with functions. A function gets the table it belongs to by the very pointer that was
// handed over (weir_arena, weir_out, weir_intake; `job` and `connector` of create() are the
// descriptor's own), never by one to a copy: its maker may keep more behind it.
//
// Names of operators, jobs, connectors and parameters are made of a-z, 0-9, _, - and .; all others
// are any text that is not empty. At most: 128 bytes for a name, 16 KiB for a doc; 64 KiB, 1024
// fields and 8 levels of nesting for a record; 4096 values for an enumeration; 16 fields, and 64
// KiB as bytes, for a key; 64 migrations for a state; 1024 operators of 256 inputs each, 256
// parameters and 64 pools for a job; 256 jobs and 256 connectors of each side for a plugin. What is
// beyond is refused, not cut.
//
// Errors. A function that can fail returns weir_status and fills the caller's weir_error. No
// exception and no longjmp crosses the border in either direction.
//
// Threads. Each function carries a tag:
//   [control]  a thread of the host's choice, not always the same; one such call at a time for
//              the whole plugin. It holds up other jobs: wait for nothing in it.
//   [task]     symbolic: calls for one instance never overlap and happen in order, but may come
//              from different threads, so nothing may be kept per thread. Instances run at the
//              same time as each other.
//   [any]      may be called from any thread at any time.
//   [call]     only on the thread, and until the return, of the call that lent the table.
// Behind it stands the state in which the call is legal: [task & created] means between create()
// and destroy() of the instance. A call may be repeated only where its comment says so.

#ifndef WEIR_ABI_H
#define WEIR_ABI_H

#include <stdint.h>

#define WEIR_ABI_MAJOR 1u
#define WEIR_ABI_MINOR 1u

#ifdef __cplusplus
#define WEIR_NOEXCEPT noexcept
extern "C" {
#else
#define WEIR_NOEXCEPT
#endif

// ---------------------------------------------------------------------------------------------
// Values

typedef struct weir_text {
  const char* data;
  uint64_t size;
} weir_text;

typedef struct weir_bytes {
  const uint8_t* data;
  uint64_t size;
} weir_bytes;

typedef int32_t weir_status;
#define WEIR_OK 0
#define WEIR_FAILED 1  // See the weir_error.
#define WEIR_AGAIN 2   // Not now, call again later. Connectors only.

#define WEIR_NO_ROW UINT32_MAX
#define WEIR_ERROR_MESSAGE_MAX 496u

// Owned by the caller of the function that fails, filled by the function. What the host passes in
// has row = WEIR_NO_ROW.
typedef struct weir_error {
  uint32_t struct_size;
  // Index of the guilty row (or group) in the batch of the call; WEIR_NO_ROW: the call failed as a
  // whole. With a row: all rows before it are done and what they emitted stands, this row had no
  // effect at all, rows after it have not been looked at; the host sets the row aside and calls
  // again with the rest. Not for `merge`, which can only fail as a whole.
  uint32_t row;
  uint32_t message_size;  // At most WEIR_ERROR_MESSAGE_MAX.
  uint32_t reserved;
  char message[WEIR_ERROR_MESSAGE_MAX];
} weir_error;

// ---------------------------------------------------------------------------------------------
// Record types: a record is a plain C struct; the descriptor tells its fields.

#define WEIR_BOOL 1u  // uint8_t, 0 or 1
#define WEIR_I8 2u
#define WEIR_I16 3u
#define WEIR_I32 4u
#define WEIR_I64 5u
#define WEIR_U8 6u
#define WEIR_U16 7u
#define WEIR_U32 8u
#define WEIR_U64 9u
#define WEIR_F32 10u
#define WEIR_F64 11u
#define WEIR_TIME 12u        // int64_t, milliseconds since 1970 UTC
#define WEIR_TEXT 13u        // weir_text; points into memory that lives as long as the row
#define WEIR_BYTES 14u       // weir_bytes; as above
#define WEIR_ENUM_FIELD 15u  // int32_t, one of the enumeration's values; on the wire by name
// uint16_t size, then room for the text; `size` of the field is that of both together.
#define WEIR_INLINE_TEXT 16u
#define WEIR_RECORD_FIELD 17u  // a nested record, in place
#define WEIR_DURATION 18u      // int64_t, milliseconds. Parameters only.

// May be missing or null: a uint8_t at presence_offset says whether it is there.
#define WEIR_FIELD_OPTIONAL 1u

typedef struct weir_enumeration {
  uint32_t struct_size;
  uint32_t value_count;
  weir_text name;
  const weir_text* names;  // value_count names, each unique
  const int32_t* values;   // value_count values, each unique
} weir_enumeration;

struct weir_record;

typedef struct weir_field {
  uint32_t struct_size;
  uint32_t type;             // WEIR_BOOL …
  uint32_t offset;           // bytes from the start of the record
  uint32_t size;             // bytes of the value, without the presence byte
  uint32_t flags;            // WEIR_FIELD_…
  uint32_t presence_offset;  // bytes from the start of the record; only with WEIR_FIELD_OPTIONAL
  weir_text name;            // unique in its record
  weir_text unit;            // "ms", "bytes", … or empty
  weir_text doc;
  const weir_enumeration* enumeration;  // WEIR_ENUM_FIELD only
  const struct weir_record* record;     // WEIR_RECORD_FIELD only
} weir_field;

typedef struct weir_record {
  uint32_t struct_size;
  uint32_t size;       // sizeof: the distance between two records in an array
  uint32_t alignment;  // at most 16
  uint32_t field_count;
  const weir_field* const* fields;
  weir_text name;
  weir_text doc;
} weir_record;

// Makes accumulators of a state of those of an earlier version, where reading fields by name does
// not do. Since ABI 1.1.
typedef struct weir_migration {
  uint32_t struct_size;
  uint32_t version;           // of the state it takes: lower than that of the state it makes
  const weir_record* record;  // what it takes, as it was then
  // Makes to[i] of from[i]; to[i] begins as a fresh accumulator. The result depends on from[i]
  // alone, and merging before or after comes to the same. May be repeated, and called in any order
  // with all else: there is no instance. A failure is that of the whole change. [any]
  weir_status (*migrate)(uint32_t count,
                         void* const* to,
                         const void* const* from,
                         weir_error* error) WEIR_NOEXCEPT;
} weir_migration;

// The accumulator of a window: fixed size, no WEIR_TEXT, no WEIR_BYTES, so that the host can keep,
// store and convert it.
typedef struct weir_state {
  uint32_t struct_size;
  uint32_t version;  // raised by its author with every change of the layout
  const weir_record* record;
  // record->size bytes: a fresh accumulator. Neutral: merging it into another changes nothing.
  const void* initial;
  // Since ABI 1.1. An earlier host knows none, and refuses the state of before.
  uint32_t migration_count;
  uint32_t reserved;
  const weir_migration* const* migrations;  // each from another version
} weir_state;

// What a stream is keyed by. A key crosses as bytes in this encoding: the fields in order; numbers,
// times, enums and bools little-endian in their own width; text as it is when it is the last field,
// else behind its size as uint32_t.
typedef struct weir_key {
  uint32_t struct_size;
  uint32_t field_count;  // at least 1
  const weir_text* names;
  const uint32_t* types;  // WEIR_BOOL … WEIR_U64, WEIR_TIME, WEIR_TEXT, WEIR_ENUM_FIELD
} weir_key;

typedef struct weir_value {
  uint32_t type;  // WEIR_BOOL, WEIR_I64, WEIR_F64, WEIR_TEXT or WEIR_DURATION
  uint32_t reserved;
  int64_t integer;  // WEIR_BOOL (0 or 1), WEIR_I64, WEIR_DURATION (ms)
  double number;    // WEIR_F64
  weir_text text;   // WEIR_TEXT
} weir_value;

typedef struct weir_parameter {
  uint32_t struct_size;
  uint32_t reserved;
  weir_text name;  // unique in its job or connector
  weir_text doc;
  weir_value default_value;  // also tells the type
} weir_parameter;

// ---------------------------------------------------------------------------------------------
// Batches

// Input rows, lent until the call returns. Row i is *rows[i] and has event time times[i].
typedef struct weir_rows {
  uint32_t struct_size;
  uint32_t count;
  const void* const* rows;
  const int64_t* times;
} weir_rows;

// A bump allocator of the host; what is taken from it lives as long as the batch it was lent for.
// Take n <= end - next bytes by moving `next`; otherwise call grow(), which makes room for at least
// n bytes at a new `next`. Text needs no alignment, none is given.
typedef struct weir_arena {
  uint32_t struct_size;
  uint32_t reserved;
  char* next;
  char* end;
  void (*grow)(struct weir_arena* arena, uint64_t size) WEIR_NOEXCEPT;  // never fails [call]
} weir_arena;

// Where a function puts its results. Valid until the call returns.
typedef struct weir_out {
  uint32_t struct_size;
  uint32_t reserved;
  weir_arena* arena;  // for the text of the rows
  // Room for `count` rows of the operator's output record, one behind the other, aligned as it
  // says, not initialised. A second call forgets what was reserved and not committed. Never fails.
  // 1 <= count <= 4096. [call]
  void* (*reserve)(struct weir_out* out, uint32_t count)WEIR_NOEXCEPT;
  // Hands over the first `count` reserved rows. sources[i] is the index of the input row (or group)
  // that row i comes from: it gives the row its event time (of a group: window end - 1). The rest
  // of the reservation stays open. [call]
  void (*commit)(struct weir_out* out, uint32_t count, const uint32_t* sources) WEIR_NOEXCEPT;
} weir_out;

// Half open: start <= time < end.
typedef struct weir_window {
  int64_t start;
  int64_t end;
} weir_window;

// A batch of windows that fire, one group for each key and window. Lent until the call returns.
typedef struct weir_groups {
  uint32_t struct_size;
  uint32_t count;
  const weir_bytes* keys;      // count keys in the encoding of weir_key
  const weir_window* windows;  // count windows
  const void* const* states;   // WEIR_WINDOW_AGGREGATE: count accumulators; else NULL
  uint32_t side_count;         // WEIR_WINDOW_ROWS: 1, WEIR_COGROUP: 2, else 0
  uint32_t reserved;
  // side_count arrays of count weir_rows, in order of event time; a side may be empty.
  const weir_rows* const* sides;
} weir_groups;

// ---------------------------------------------------------------------------------------------
// Jobs

#define WEIR_SOURCE 1u  // 0 inputs. A port: jobs.toml connects it.
#define WEIR_FILTER 2u  // 1 input
#define WEIR_MAP 3u     // 1 input; map and flat_map: any number of rows for each
#define WEIR_UNION 4u   // 2 or more inputs of one record type
#define WEIR_KEY_BY 5u  // 1 input
// 1 keyed input; the host keeps one accumulator for each key and slice.
#define WEIR_WINDOW_AGGREGATE 6u
#define WEIR_WINDOW_ROWS 7u  // 1 keyed input; the host keeps the rows
#define WEIR_COGROUP 8u      // 2 inputs keyed alike
#define WEIR_SINK 9u         // 1 input, no output. A port: jobs.toml connects it.

#define WEIR_TUMBLING 1u
#define WEIR_SLIDING 2u

typedef struct weir_window_spec {
  uint32_t struct_size;
  uint32_t kind;             // WEIR_TUMBLING, WEIR_SLIDING
  int64_t size;              // ms, > 0
  int64_t slide;             // ms, 0 < slide <= size; equal to size when tumbling
  int64_t offset;            // ms, 0 <= offset < slide: windows start at n * slide + offset
  int64_t allowed_lateness;  // ms, >= 0
} weir_window_spec;

typedef struct weir_event_time {
  uint32_t struct_size;
  uint32_t field_offset;  // of a WEIR_TIME field that is not optional
  int64_t out_of_order;   // ms, >= 0: the watermark stays this far behind the largest time seen
} weir_event_time;

// One operator of a job's graph. Members that do not belong to its kind are NULL or 0.
typedef struct weir_operator {
  uint32_t struct_size;
  uint32_t kind;  // WEIR_SOURCE …
  weir_text uid;  // stable and unique in the job: state and metrics hang on it. [a-z0-9_.-]+
  weir_text doc;
  uint32_t input_count;
  uint32_t reserved;
  const uint32_t* inputs;  // indexes of operators before this one in the job's list
  // All kinds but WEIR_SINK; equal to the input's where rows pass through.
  const weir_record* output;
  const weir_key* key;                // WEIR_KEY_BY
  const weir_state* state;            // WEIR_WINDOW_AGGREGATE
  const weir_window_spec* window;     // WEIR_WINDOW_AGGREGATE, WEIR_WINDOW_ROWS, WEIR_COGROUP
  const weir_event_time* event_time;  // WEIR_SOURCE
} weir_operator;

// The functions of one operator of one job instance; `self` is passed to each. Only those of its
// kind are set. All are [task & created], may not keep any argument, and must not block.
typedef struct weir_functions {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  // WEIR_FILTER. Writes keep[i] = 1 or 0 for every row. keep is rows->count bytes.
  weir_status (*filter)(void* self, const weir_rows* rows, uint8_t* keep, weir_error* error)
      WEIR_NOEXCEPT;
  // WEIR_MAP.
  weir_status (*map)(void* self, const weir_rows* rows, weir_out* out, weir_error* error)
      WEIR_NOEXCEPT;
  // WEIR_KEY_BY. Writes keys[i] for every row: bytes of the row itself or taken from `arena`.
  weir_status (*key)(void* self,
                     const weir_rows* rows,
                     weir_bytes* keys,
                     weir_arena* arena,
                     weir_error* error) WEIR_NOEXCEPT;
  // WEIR_WINDOW_AGGREGATE. Adds row i to the accumulator states[i], which is aligned as its record
  // says; the same accumulator may come several times. A row may be added again to another
  // accumulator, also to one that was merged: whether it is refused must depend on the row alone,
  // and adding before or after merging must come to the same.
  weir_status (*add)(void* self, const weir_rows* rows, void* const* states, weir_error* error)
      WEIR_NOEXCEPT;
  // WEIR_WINDOW_AGGREGATE; may be NULL only when tumbling. into[i] = into[i] merged with from[i].
  // No two `into` are the same. Must not depend on the order in which accumulators are merged.
  // Cannot refuse one pair: a failure is that of the call, and of the job.
  weir_status (*merge)(void* self,
                       uint32_t count,
                       void* const* into,
                       const void* const* from,
                       weir_error* error) WEIR_NOEXCEPT;
  // WEIR_WINDOW_AGGREGATE, WEIR_WINDOW_ROWS, WEIR_COGROUP: turns windows that fire into rows. With
  // allowed lateness a window of a key may fire again, with what came behind its end.
  weir_status (*fire)(void* self, const weir_groups* groups, weir_out* out, weir_error* error)
      WEIR_NOEXCEPT;
} weir_functions;

struct weir_host;

// One running copy of a job's functions. The host makes one for each worker.
typedef struct weir_instance {
  uint32_t struct_size;
  uint32_t operator_count;  // that of the job
  // One for each operator, NULL for kinds without functions.
  const weir_functions* const* functions;
  void* self;
  // Changes the parameters of a running instance; takes effect with the next call. [task & created]
  weir_status (*set_parameters)(void* self,
                                const weir_value* values,
                                uint32_t count,
                                weir_error* error) WEIR_NOEXCEPT;
  // Frees the instance and its functions. No call follows. [control]
  void (*destroy)(void* self) WEIR_NOEXCEPT;
} weir_instance;

typedef struct weir_job {
  uint32_t struct_size;
  uint32_t parameter_count;
  weir_text name;  // unique in the plugin
  weir_text doc;
  const weir_parameter* const* parameters;
  uint32_t operator_count;
  uint32_t pool_count;
  const weir_operator* const* operators;  // inputs before users
  // Names of the pools of ids it asks for; jobs.toml says where they come from.
  const weir_text* pools;
  // Makes an instance; `values` are parameter_count values in the order of `parameters`. The host
  // outlives the instance. [control]
  weir_status (*create)(const struct weir_job* job,
                        const struct weir_host* host,
                        const weir_value* values,
                        weir_instance** instance,
                        weir_error* error) WEIR_NOEXCEPT;
} weir_job;

// ---------------------------------------------------------------------------------------------
// Connectors

// One message of the outside world. Lent until the call returns.
typedef struct weir_message {
  uint32_t struct_size;
  uint32_t reserved;
  weir_bytes key;  // may be empty; none when data is NULL
  weir_bytes value;
  // From a source: where it stands in its split, for reports. To a sink: 0.
  int64_t offset;
  // From a source: ms, when the outside world got it; -1 when unknown. To a sink: the event time of
  // the row, -1 when it has none.
  int64_t timestamp;
} weir_message;

// Takes what a source polled.
typedef struct weir_intake {
  uint32_t struct_size;
  uint32_t reserved;
  // [call]
  void (*take)(struct weir_intake* intake,
               const weir_message* messages,
               uint32_t count) WEIR_NOEXCEPT;
} weir_intake;

// Reads one split. Created and destroyed on [control], all else [task & created].
typedef struct weir_split_reader {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  // Hands at most `messages_max` messages to `intake`, in order of their offsets. Never blocks.
  // Sets *ended to 1 when nothing will ever follow.
  weir_status (*poll)(void* self,
                      uint32_t messages_max,
                      weir_intake* intake,
                      uint32_t* ended,
                      weir_error* error) WEIR_NOEXCEPT;
  // Where a reader must start to continue behind the last message taken; at first, where it
  // begins. Not negative; beside that the meaning is the connector's own.
  int64_t (*position)(void* self) WEIR_NOEXCEPT;
  void (*destroy)(void* self) WEIR_NOEXCEPT;
} weir_split_reader;

// One use of a source connector by one source port of one job.
typedef struct weir_source_instance {
  uint32_t struct_size;
  uint32_t split_count;     // fixed for the life of the instance
  const weir_text* splits;  // unique, stable names
  void* self;
  // position: as told by weir_split_reader.position, or -1: from the beginning. [control]
  weir_status (*open)(void* self,
                      uint32_t split,
                      int64_t position,
                      weir_split_reader** reader,
                      weir_error* error) WEIR_NOEXCEPT;
  // Only with WEIR_OWN_THREADS: stops all threads of the instance. After its readers are destroyed,
  // before destroy. May be NULL: then destroy stops them. [control]
  void (*quiesce)(void* self) WEIR_NOEXCEPT;
  // After all its readers. [control]
  void (*destroy)(void* self) WEIR_NOEXCEPT;
} weir_source_instance;

// The connector runs threads of its own; its library is never unloaded.
#define WEIR_OWN_THREADS 1u

typedef struct weir_source_connector {
  uint32_t struct_size;
  uint32_t flags;  // WEIR_OWN_THREADS
  weir_text name;  // unique among the plugin's connectors
  weir_text doc;
  const weir_parameter* const* parameters;
  uint32_t parameter_count;
  uint32_t reserved;
  // `port` is the uid of the source port it serves. [control]
  weir_status (*create)(const struct weir_source_connector* connector,
                        const struct weir_host* host,
                        weir_text port,
                        const weir_value* values,
                        weir_source_instance** instance,
                        weir_error* error) WEIR_NOEXCEPT;
} weir_source_connector;

#define WEIR_AT_LEAST_ONCE 1u
#define WEIR_IDEMPOTENT 2u  // the same message written again changes nothing
// 3 is kept for sinks that take part in the host's epochs. So far hosts refuse them.

// One writer of a sink connector; the host makes one for each worker. All [task & created] but
// destroy.
typedef struct weir_sink_instance {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  // Takes messages in order; *taken says how many. WEIR_AGAIN: the rest not now. Never blocks.
  weir_status (*write)(void* self,
                       const weir_message* messages,
                       uint32_t count,
                       uint32_t* taken,
                       weir_error* error) WEIR_NOEXCEPT;
  // WEIR_OK once everything written before is safe in the outside world; WEIR_AGAIN: not yet, call
  // again. Never blocks.
  weir_status (*flush)(void* self, weir_error* error) WEIR_NOEXCEPT;
  // Only with WEIR_OWN_THREADS, before destroy. May be NULL: then destroy stops the threads.
  // [control]
  void (*quiesce)(void* self) WEIR_NOEXCEPT;
  void (*destroy)(void* self) WEIR_NOEXCEPT;  // [control]
} weir_sink_instance;

typedef struct weir_sink_connector {
  uint32_t struct_size;
  uint32_t flags;  // WEIR_OWN_THREADS
  weir_text name;  // unique among the plugin's connectors
  weir_text doc;
  const weir_parameter* const* parameters;
  uint32_t parameter_count;
  uint32_t delivery;  // WEIR_AT_LEAST_ONCE …
  // `port` is the uid of the sink port it serves. [control]
  weir_status (*create)(const struct weir_sink_connector* connector,
                        const struct weir_host* host,
                        weir_text port,
                        const weir_value* values,
                        weir_sink_instance** instance,
                        weir_error* error) WEIR_NOEXCEPT;
} weir_sink_connector;

// ---------------------------------------------------------------------------------------------
// Host

// Lives longer than every instance it was given to. Services are tables asked for by id; a table
// grows at its end, a changed meaning gets a new id.
typedef struct weir_host {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  void* context;
  // NULL when the host does not have the service. [any]
  const void* (*service)(void* context, weir_text id)WEIR_NOEXCEPT;
} weir_host;

#define WEIR_LOG_SERVICE "weir.log/1"
#define WEIR_LOG_DEBUG 0u
#define WEIR_LOG_INFO 1u
#define WEIR_LOG_WARN 2u
#define WEIR_LOG_ERROR 3u
typedef struct weir_log {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  void (*write)(void* context, uint32_t level, weir_text message) WEIR_NOEXCEPT;  // [any]
} weir_log;

#define WEIR_METRICS_SERVICE "weir.metrics/1"
typedef struct weir_metrics {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  // Registers a counter of the job; the same name gives the same counter. [control]
  uint32_t (*counter)(void* context, weir_text name, weir_text doc) WEIR_NOEXCEPT;
  void (*add)(void* context, uint32_t counter, uint64_t amount) WEIR_NOEXCEPT;  // [any]
} weir_metrics;

#define WEIR_CLOCK_SERVICE "weir.clock/1"
// The only clock a plugin may ask, so that tests and replays stay in command of time. For
// connectors; a job's functions know no time but that of the events.
typedef struct weir_clock {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  int64_t (*now)(void* context) WEIR_NOEXCEPT;  // ms since 1970 UTC [any]
} weir_clock;

#define WEIR_POOL_SERVICE "weir.pool/1"
typedef struct weir_pool {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  // The pool of that name, as the job's entry in jobs.toml connects it; UINT32_MAX when there is
  // none. [control]
  uint32_t (*open)(void* context, weir_text name) WEIR_NOEXCEPT;
  // Writes found[i] = 1 or 0. All ids of one call are judged by the same content of the pool.
  // [task & created]
  void (*contains)(void* context,
                   uint32_t pool,
                   const weir_text* ids,
                   uint32_t count,
                   uint8_t* found) WEIR_NOEXCEPT;
} weir_pool;

// ---------------------------------------------------------------------------------------------
// Plugin

typedef struct weir_plugin {
  uint32_t struct_size;
  uint32_t abi_major;  // of the header it was built with
  uint32_t abi_minor;  // the smallest minor of the host it can run on
  uint32_t job_count;
  weir_text name;     // [a-z0-9-]+
  weir_text version;  // semantic version, "1.4.0"
  weir_text doc;
  const weir_job* const* jobs;
  const weir_source_connector* const* source_connectors;
  const weir_sink_connector* const* sink_connectors;
  uint32_t source_connector_count;
  uint32_t sink_connector_count;
  // A table the plugin offers under an id, or NULL; it lives as long as the descriptor. May itself
  // be NULL. [any]
  const void* (*extension)(weir_text id)WEIR_NOEXCEPT;
} weir_plugin;

// The one exported function. Returns the same table at every call, or NULL with `error` filled.
// `host` is lent for the call and has no services: it tells the version of the ABI. [control]
typedef const weir_plugin* (*weir_plugin_open_function)(const weir_host* host, weir_error* error);
#define WEIR_PLUGIN_OPEN_SYMBOL "weir_plugin_open_v1"

#if defined(__GNUC__)
#define WEIR_EXPORT __attribute__((visibility("default")))
#else
#define WEIR_EXPORT
#endif
WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host* host,
                                                   weir_error* error) WEIR_NOEXCEPT;

// The facts of weir_plugin as text, readable without running the plugin: one JSON object in this
// ELF section, behind the magic. weir_plugin() of the CMake package adds it after linking.
#define WEIR_MANIFEST_SECTION ".weir.manifest"
#define WEIR_MANIFEST_MAGIC "WEIRMAN1"

#ifdef __cplusplus
}
#endif
#endif  // WEIR_ABI_H
