// A plugin in plain C11, without the C++ layer: counts words, longer ones apart from short ones.

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <weir/abi.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// ---------------------------------------------------------------------------------------------
// Records

struct word {
  int64_t at;
  weir_text text;
};
struct total {
  int64_t count;
};
struct result {
  weir_text text;
  int64_t count;
};

static const weir_field kWordAt = {.struct_size = sizeof(weir_field),
                                   .type = WEIR_TIME,
                                   .offset = offsetof(struct word, at),
                                   .size = sizeof(int64_t),
                                   .name = TEXT("at")};
static const weir_field kWordText = {.struct_size = sizeof(weir_field),
                                     .type = WEIR_TEXT,
                                     .offset = offsetof(struct word, text),
                                     .size = sizeof(weir_text),
                                     .name = TEXT("text")};
static const weir_field* const kWordFields[] = {&kWordAt, &kWordText};
static const weir_record kWord = {.struct_size = sizeof(weir_record),
                                  .size = sizeof(struct word),
                                  .alignment = _Alignof(struct word),
                                  .field_count = COUNT(kWordFields),
                                  .fields = kWordFields,
                                  .name = TEXT("word")};

static const weir_field kTotalCount = {.struct_size = sizeof(weir_field),
                                       .type = WEIR_I64,
                                       .offset = offsetof(struct total, count),
                                       .size = sizeof(int64_t),
                                       .name = TEXT("count")};
static const weir_field* const kTotalFields[] = {&kTotalCount};
static const weir_record kTotal = {.struct_size = sizeof(weir_record),
                                   .size = sizeof(struct total),
                                   .alignment = _Alignof(struct total),
                                   .field_count = COUNT(kTotalFields),
                                   .fields = kTotalFields,
                                   .name = TEXT("total")};

static const weir_field kResultText = {.struct_size = sizeof(weir_field),
                                       .type = WEIR_TEXT,
                                       .offset = offsetof(struct result, text),
                                       .size = sizeof(weir_text),
                                       .name = TEXT("text")};
static const weir_field kResultCount = {.struct_size = sizeof(weir_field),
                                        .type = WEIR_I64,
                                        .offset = offsetof(struct result, count),
                                        .size = sizeof(int64_t),
                                        .name = TEXT("count")};
static const weir_field* const kResultFields[] = {&kResultText, &kResultCount};
static const weir_record kResult = {.struct_size = sizeof(weir_record),
                                    .size = sizeof(struct result),
                                    .alignment = _Alignof(struct result),
                                    .field_count = COUNT(kResultFields),
                                    .fields = kResultFields,
                                    .name = TEXT("result")};

// ---------------------------------------------------------------------------------------------
// Functions

struct instance {
  weir_instance table;
  int64_t shortest;
};

static weir_status fail(weir_error* error, uint32_t row, const char* message) {
  error->row = row;
  error->message_size = (uint32_t)strlen(message);
  memcpy(error->message, message, error->message_size);
  return WEIR_FAILED;
}

static weir_status filter(void* self, const weir_rows* rows, uint8_t* keep, weir_error* error) {
  const struct instance* instance = self;
  for (uint32_t i = 0; i < rows->count; ++i) {
    const struct word* word = rows->rows[i];
    if (word->text.size == 0) return fail(error, i, "a word without letters");
    keep[i] = word->text.size >= (uint64_t)instance->shortest;
  }
  return WEIR_OK;
}

static char* take(weir_arena* arena, uint64_t size) {
  if ((uint64_t)(arena->end - arena->next) < size) arena->grow(arena, size);
  char* taken = arena->next;
  arena->next += size;
  return taken;
}

static weir_status in_capitals(void* self,
                               const weir_rows* rows,
                               weir_out* out,
                               weir_error* error) {
  (void)self;
  (void)error;
  for (uint32_t i = 0; i < rows->count; ++i) {
    const struct word* word = rows->rows[i];
    struct word* made = out->reserve(out, 1);
    char* text = take(out->arena, word->text.size);
    for (uint64_t k = 0; k < word->text.size; ++k)
      text[k] = (char)toupper(word->text.data[k]);
    made->at = word->at;
    made->text = (weir_text){text, word->text.size};
    out->commit(out, 1, &i);
  }
  return WEIR_OK;
}

static weir_status key(
    void* self, const weir_rows* rows, weir_bytes* keys, weir_arena* arena, weir_error* error) {
  (void)self;
  (void)arena;
  (void)error;
  for (uint32_t i = 0; i < rows->count; ++i) {
    const struct word* word = rows->rows[i];
    keys[i] = (weir_bytes){(const uint8_t*)word->text.data, word->text.size};
  }
  return WEIR_OK;
}

static weir_status add(void* self, const weir_rows* rows, void* const* states, weir_error* error) {
  (void)self;
  (void)error;
  for (uint32_t i = 0; i < rows->count; ++i)
    ++((struct total*)states[i])->count;
  return WEIR_OK;
}

static weir_status fire(void* self, const weir_groups* groups, weir_out* out, weir_error* error) {
  (void)self;
  (void)error;
  for (uint32_t i = 0; i < groups->count; ++i) {
    struct result* made = out->reserve(out, 1);
    const uint64_t size = groups->keys[i].size;
    char* text = take(out->arena, size);
    memcpy(text, groups->keys[i].data, size);
    made->text = (weir_text){text, size};
    made->count = ((const struct total*)groups->states[i])->count;
    out->commit(out, 1, &i);
  }
  return WEIR_OK;
}

// ---------------------------------------------------------------------------------------------
// The job

static const uint32_t kFirst[] = {0}, kSecond[] = {1}, kThird[] = {2}, kFourth[] = {3},
                      kFifth[] = {4};
static const weir_event_time kEventTime = {.struct_size = sizeof(weir_event_time),
                                           .field_offset = offsetof(struct word, at),
                                           .out_of_order = 1000};
static const weir_text kKeyNames[] = {TEXT("text")};
static const uint32_t kKeyTypes[] = {WEIR_TEXT};
static const weir_key kKey = {
    .struct_size = sizeof(weir_key), .field_count = 1, .names = kKeyNames, .types = kKeyTypes};
static const struct total kNone = {0};
static const weir_state kState = {
    .struct_size = sizeof(weir_state), .version = 1, .record = &kTotal, .initial = &kNone};
static const weir_window_spec kWindow = {
    .struct_size = sizeof(weir_window_spec), .kind = WEIR_TUMBLING, .size = 10000, .slide = 10000};

#define OPERATOR .struct_size = sizeof(weir_operator)
static const weir_operator kWords = {OPERATOR,
                                     .kind = WEIR_SOURCE,
                                     .uid = TEXT("words"),
                                     .output = &kWord,
                                     .event_time = &kEventTime};
static const weir_operator kLong = {OPERATOR,
                                    .kind = WEIR_FILTER,
                                    .uid = TEXT("long"),
                                    .input_count = 1,
                                    .inputs = kFirst,
                                    .output = &kWord};
static const weir_operator kCapitals = {OPERATOR,
                                        .kind = WEIR_MAP,
                                        .uid = TEXT("capitals"),
                                        .input_count = 1,
                                        .inputs = kSecond,
                                        .output = &kWord};
static const weir_operator kByText = {OPERATOR,
                                      .kind = WEIR_KEY_BY,
                                      .uid = TEXT("by-text"),
                                      .input_count = 1,
                                      .inputs = kThird,
                                      .output = &kWord,
                                      .key = &kKey};
static const weir_operator kCounts = {OPERATOR,
                                      .kind = WEIR_WINDOW_AGGREGATE,
                                      .uid = TEXT("counts"),
                                      .input_count = 1,
                                      .inputs = kFourth,
                                      .output = &kResult,
                                      .state = &kState,
                                      .window = &kWindow};
static const weir_operator kResults = {
    OPERATOR, .kind = WEIR_SINK, .uid = TEXT("results"), .input_count = 1, .inputs = kFifth};
static const weir_operator* const kOperators[] = {
    &kWords, &kLong, &kCapitals, &kByText, &kCounts, &kResults};

static const weir_parameter kShortest = {.struct_size = sizeof(weir_parameter),
                                         .name = TEXT("shortest"),
                                         .doc = TEXT("shorter words are not wanted, in bytes"),
                                         .default_value = {.type = WEIR_I64, .integer = 2}};
static const weir_parameter* const kParameters[] = {&kShortest};

static weir_status set_parameters(void* self,
                                  const weir_value* values,
                                  uint32_t count,
                                  weir_error* error) {
  if (count != 1) return fail(error, WEIR_NO_ROW, "one parameter is needed");
  ((struct instance*)self)->shortest = values[0].integer;
  return WEIR_OK;
}

struct everything {
  struct instance instance;
  weir_functions functions[COUNT(kOperators)];
  const weir_functions* pointers[COUNT(kOperators)];
};

static void destroy(void* self) {
  free(self);
}

static weir_status create(const weir_job* job,
                          const weir_host* host,
                          const weir_value* values,
                          weir_instance** instance,
                          weir_error* error) {
  (void)host;
  struct everything* made = calloc(1, sizeof(*made));
  if (made == NULL) return fail(error, WEIR_NO_ROW, "no memory");
  for (uint32_t i = 0; i < job->operator_count; ++i) {
    made->functions[i].struct_size = sizeof(weir_functions);
    made->functions[i].self = made;
    made->pointers[i] = &made->functions[i];
  }
  made->functions[1].filter = &filter;
  made->functions[2].map = &in_capitals;
  made->functions[3].key = &key;
  made->functions[4].add = &add;
  made->functions[4].fire = &fire;
  made->instance.shortest = values[0].integer;
  made->instance.table = (weir_instance){.struct_size = sizeof(weir_instance),
                                         .operator_count = job->operator_count,
                                         .functions = made->pointers,
                                         .self = made,
                                         .set_parameters = &set_parameters,
                                         .destroy = &destroy};
  *instance = &made->instance.table;
  return WEIR_OK;
}

static const weir_job kJob = {.struct_size = sizeof(weir_job),
                              .parameter_count = COUNT(kParameters),
                              .name = TEXT("words"),
                              .doc = TEXT("how often each long word comes"),
                              .parameters = kParameters,
                              .operator_count = COUNT(kOperators),
                              .operators = kOperators,
                              .create = &create};
static const weir_job* const kJobs[] = {&kJob};

static const weir_plugin kPlugin = {.struct_size = sizeof(weir_plugin),
                                    .abi_major = WEIR_ABI_MAJOR,
                                    .abi_minor = 0,
                                    .job_count = COUNT(kJobs),
                                    .name = TEXT("plain-c"),
                                    .version = TEXT("1.0.0"),
                                    .doc = TEXT("a plugin without C++"),
                                    .jobs = kJobs};

WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host* host, weir_error* error) {
  (void)host;
  (void)error;
  return &kPlugin;
}
