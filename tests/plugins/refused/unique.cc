// What an inline variable becomes when nothing hides it: one for all the libraries of a process.

struct Registered {
  static inline int count = 0;
};

__attribute__((visibility("default"))) int* registered_count();
int* registered_count() {
  return &Registered::count;
}
