// A plugin without jobs that breaks one rule of the gate: that which it is compiled for, and none
// when compiled for none.

#include <weir/abi.h>

#ifdef HAS_STRAY_EXPORT
WEIR_EXPORT int stray_export(void) {
  return 1;
}
#endif

#ifdef HAS_STATIC_TLS
static _Thread_local int calls[64];
#endif

#ifdef HAS_TEXT_RELOCATIONS
__asm__(".text\n\t.quad weir_plugin_open_v1\n");
#endif

#ifdef HAS_FOREIGN_SANITIZER
extern void __tsan_init(void) __attribute__((weak));
#endif

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

WEIR_EXPORT const weir_plugin* weir_plugin_open_v1(const weir_host* host, weir_error* error) {
  (void)host;
  (void)error;
#ifdef HAS_STATIC_TLS
  calls[host->abi_minor % 64] += 1;
#endif
#ifdef HAS_FOREIGN_SANITIZER
  if (&__tsan_init == 0) {
    static const weir_plugin kOther = {.struct_size = sizeof(weir_plugin),
                                       .abi_major = WEIR_ABI_MAJOR,
                                       .name = TEXT("refused"),
                                       .version = TEXT("1.0.0")};
    return &kOther;
  }
#endif
  static const weir_plugin kPlugin = {.struct_size = sizeof(weir_plugin),
                                      .abi_major = WEIR_ABI_MAJOR,
                                      .name = TEXT("refused"),
                                      .version = TEXT("1.0.0")};
  return &kPlugin;
}
