// A plugin that breaks the contract of weir/abi.h, in each of its jobs at another place. A job is
// called after what it does. Rows are numbers; every job hands them from `in` to `out`.

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <weir/abi.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum deed {
  REFUSE_ROW,
  REFUSE_ROW_BEYOND,
  UNKNOWN_STATUS,
  LONG_MESSAGE,
  RESERVE_TOO_MANY,
  COMMIT_TOO_MANY,
  SOURCE_BEYOND,
  KEY_FROM_NOWHERE,
  FIRE_SOURCE_BEYOND,
  CREATE_FAILS,
  CREATE_NOTHING,
  FORGET_FUNCTION,
  DEED_COUNT
};

struct number {
  int64_t at;
  int64_t value;
};

// ---------------------------------------------------------------------------------------------
// Functions. `self` is the deed.

static weir_status fail(weir_error* error, uint32_t row, const char* message) {
  error->row = row;
  error->message_size = (uint32_t)strlen(message);
  memcpy(error->message, message, error->message_size);
  return WEIR_FAILED;
}

static weir_status filter(void* self, const weir_rows* rows, uint8_t* keep, weir_error* error) {
  switch (*(enum deed*)self) {
    case REFUSE_ROW_BEYOND: return fail(error, rows->count + 5, "a row that was not there");
    case UNKNOWN_STATUS: return 77;
    case LONG_MESSAGE:
      memset(error->message, 'x', WEIR_ERROR_MESSAGE_MAX);
      error->message_size = UINT32_MAX;
      return WEIR_FAILED;
    default: break;
  }
  for (uint32_t i = 0; i < rows->count; ++i) {
    const struct number* number = rows->rows[i];
    if (*(enum deed*)self == REFUSE_ROW && number->value == 7) return fail(error, i, "not a 7");
    keep[i] = 1;
  }
  return WEIR_OK;
}

static weir_status map(void* self, const weir_rows* rows, weir_out* out, weir_error* error) {
  (void)error;
  const enum deed deed = *(enum deed*)self;
  if (deed == RESERVE_TOO_MANY) out->reserve(out, 1000000);
  for (uint32_t i = 0; i < rows->count; ++i) {
    const uint32_t sources[2] = {deed == SOURCE_BEYOND ? rows->count + 1000 : i, i};
    *(struct number*)out->reserve(out, 1) = *(const struct number*)rows->rows[i];
    out->commit(out, deed == COMMIT_TOO_MANY ? 2 : 1, sources);
  }
  return WEIR_OK;
}

static weir_status key(
    void* self, const weir_rows* rows, weir_bytes* keys, weir_arena* arena, weir_error* error) {
  (void)arena;
  (void)error;
  for (uint32_t i = 0; i < rows->count; ++i) {
    const struct number* number = rows->rows[i];
    const uint8_t* bytes = (const uint8_t*)&number->value;
    keys[i] = (weir_bytes){*(enum deed*)self == KEY_FROM_NOWHERE ? NULL : bytes, 8};
  }
  return WEIR_OK;
}

static weir_status fire(void* self, const weir_groups* groups, weir_out* out, weir_error* error) {
  (void)error;
  for (uint32_t i = 0; i < groups->count; ++i) {
    const uint32_t source = *(enum deed*)self == FIRE_SOURCE_BEYOND ? groups->count : i;
    struct number* made = out->reserve(out, 1);
    *made = *(const struct number*)groups->sides[0][i].rows[0];
    out->commit(out, 1, &source);
  }
  return WEIR_OK;
}

// ---------------------------------------------------------------------------------------------
// The graph, the same for all

static const weir_field kAt = {.struct_size = sizeof(weir_field),
                               .type = WEIR_TIME,
                               .offset = offsetof(struct number, at),
                               .size = 8,
                               .name = TEXT("at")};
static const weir_field kValue = {.struct_size = sizeof(weir_field),
                                  .type = WEIR_I64,
                                  .offset = offsetof(struct number, value),
                                  .size = 8,
                                  .name = TEXT("value")};
static const weir_field* const kFields[] = {&kAt, &kValue};
static const weir_record kNumber = {.struct_size = sizeof(weir_record),
                                    .size = sizeof(struct number),
                                    .alignment = 8,
                                    .field_count = COUNT(kFields),
                                    .fields = kFields,
                                    .name = TEXT("number")};

static const uint32_t kInputs[] = {0, 1, 2, 3, 4};
static const weir_event_time kEventTime = {.struct_size = sizeof(weir_event_time)};
static const weir_text kKeyNames[] = {TEXT("value")};
static const uint32_t kKeyTypes[] = {WEIR_I64};
static const weir_key kKey = {
    .struct_size = sizeof(weir_key), .field_count = 1, .names = kKeyNames, .types = kKeyTypes};
static const weir_window_spec kWindow = {
    .struct_size = sizeof(weir_window_spec), .kind = WEIR_TUMBLING, .size = 10000, .slide = 10000};

#define OPERATOR(of_kind, its_uid) \
  .struct_size = sizeof(weir_operator), .kind = of_kind, .uid = TEXT(its_uid)
#define INPUT(index) .input_count = 1, .inputs = &kInputs[index]
static const weir_operator kIn = {
    OPERATOR(WEIR_SOURCE, "in"), .output = &kNumber, .event_time = &kEventTime};
static const weir_operator kKept = {OPERATOR(WEIR_FILTER, "kept"), INPUT(0), .output = &kNumber};
static const weir_operator kCopied = {OPERATOR(WEIR_MAP, "copied"), INPUT(1), .output = &kNumber};
static const weir_operator kKeyed = {
    OPERATOR(WEIR_KEY_BY, "keyed"), INPUT(2), .output = &kNumber, .key = &kKey};
static const weir_operator kFirst = {
    OPERATOR(WEIR_WINDOW_ROWS, "first"), INPUT(3), .output = &kNumber, .window = &kWindow};
static const weir_operator kOut = {OPERATOR(WEIR_SINK, "out"), INPUT(4)};
static const weir_operator* const kOperators[] = {&kIn, &kKept, &kCopied, &kKeyed, &kFirst, &kOut};

// ---------------------------------------------------------------------------------------------
// Jobs

struct instance {
  weir_instance table;
  weir_functions functions[COUNT(kOperators)];
  const weir_functions* pointers[COUNT(kOperators)];
  enum deed deed;
};

static weir_status set_parameters(void* self,
                                  const weir_value* values,
                                  uint32_t count,
                                  weir_error* error) {
  (void)self;
  (void)values;
  (void)count;
  (void)error;
  return WEIR_OK;
}

static void destroy(void* self) {
  free(self);
}

static const weir_text kNames[DEED_COUNT] = {TEXT("refuse-row"),
                                             TEXT("refuse-row-beyond"),
                                             TEXT("unknown-status"),
                                             TEXT("long-message"),
                                             TEXT("reserve-too-many"),
                                             TEXT("commit-too-many"),
                                             TEXT("source-beyond"),
                                             TEXT("key-from-nowhere"),
                                             TEXT("fire-source-beyond"),
                                             TEXT("create-fails"),
                                             TEXT("create-nothing"),
                                             TEXT("forget-function")};

static enum deed deed_of(const weir_job* job) {
  int deed = 0;
  while (kNames[deed].data != job->name.data)
    ++deed;
  return (enum deed)deed;
}

static weir_status create(const weir_job* job,
                          const weir_host* host,
                          const weir_value* values,
                          weir_instance** instance,
                          weir_error* error) {
  (void)host;
  (void)values;
  const enum deed deed = deed_of(job);
  if (deed == CREATE_FAILS) return fail(error, WEIR_NO_ROW, "does not feel like it");
  if (deed == CREATE_NOTHING) return WEIR_OK;
  struct instance* made = calloc(1, sizeof(*made));
  made->deed = deed;
  for (uint32_t i = 0; i < job->operator_count; ++i) {
    made->functions[i].struct_size = sizeof(weir_functions);
    made->functions[i].self = &made->deed;
    made->pointers[i] = &made->functions[i];
  }
  made->functions[1].filter = &filter;
  made->functions[2].map = deed == FORGET_FUNCTION ? NULL : &map;
  made->functions[3].key = &key;
  made->functions[4].fire = &fire;
  made->table = (weir_instance){.struct_size = sizeof(weir_instance),
                                .operator_count = job->operator_count,
                                .functions = made->pointers,
                                .self = made,
                                .set_parameters = &set_parameters,
                                .destroy = &destroy};
  *instance = &made->table;
  return WEIR_OK;
}

WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host* host, weir_error* error) {
  (void)host;
  (void)error;
  static weir_job jobs[DEED_COUNT];
  static const weir_job* pointers[DEED_COUNT];
  static weir_plugin plugin = {.struct_size = sizeof(weir_plugin),
                               .abi_major = WEIR_ABI_MAJOR,
                               .job_count = DEED_COUNT,
                               .name = TEXT("hostile"),
                               .version = TEXT("1.0.0"),
                               .jobs = pointers};
  for (int i = 0; i < DEED_COUNT; ++i) {
    jobs[i] = (weir_job){.struct_size = sizeof(weir_job),
                         .name = kNames[i],
                         .operator_count = COUNT(kOperators),
                         .operators = kOperators,
                         .create = &create};
    pointers[i] = &jobs[i];
  }
  return &plugin;
}
