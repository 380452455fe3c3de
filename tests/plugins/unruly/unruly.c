// A plugin that misbehaves while it is loaded or unloaded, in the way that WEIR_UNRULY names.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <weir/abi.h>

static int is_asked_to(const char* deed) {
  const char* asked = getenv("WEIR_UNRULY");
  return asked != NULL && strcmp(asked, deed) == 0;
}

static void crash(void) {
  *(volatile int*)8 = 1;
}

static void hang(void) {
  for (;;)
    pause();
}

__attribute__((constructor)) static void when_loaded(void) {
  if (is_asked_to("crash")) crash();
  if (is_asked_to("abort")) abort();
  if (is_asked_to("hang")) hang();
  if (is_asked_to("exit")) exit(0);
  if (is_asked_to("exit-7")) _exit(7);
  if (is_asked_to("write")) printf("hello from a constructor\n");
  if (is_asked_to("write-to-error")) fputs("hello, too", stderr);
}

__attribute__((destructor)) static void when_unloaded(void) {
  if (is_asked_to("crash-at-the-end")) crash();
  if (is_asked_to("hang-at-the-end")) hang();
}

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host* host, weir_error* error) {
  (void)host;
  static const weir_plugin kPlugin = {.struct_size = sizeof(weir_plugin),
                                      .abi_major = WEIR_ABI_MAJOR,
                                      .name = TEXT("unruly"),
                                      .version = TEXT("1.0.0")};
  if (is_asked_to("crash-in-entry")) crash();
  if (is_asked_to("refuse")) {
    static const char kReason[] = "does not feel like it";
    error->message_size = sizeof(kReason) - 1;
    memcpy(error->message, kReason, sizeof(kReason) - 1);
    return NULL;
  }
  return &kPlugin;
}
