// weir-manifest LIBRARY FILE: opens a plugin that was just built and writes what belongs into its
// manifest section to FILE. weir_plugin() of the CMake package runs it after linking.

#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "render.h"

namespace {

int report(const std::string& library, const std::string& trouble) {
  std::cerr << library << ": " << trouble << '\n';
  return 1;
}

// A host without any service: a plugin is asked to describe itself, not to run.
const void* no_service(void*, weir_text) noexcept {
  return nullptr;
}

int write_manifest(const std::string& library, const std::string& output) {
  const auto path = std::filesystem::absolute(library);
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return report(library, dlerror());
  void* const symbol = dlsym(handle, WEIR_PLUGIN_OPEN_SYMBOL);
  if (symbol == nullptr) {
    return report(library,
                  "does not export " WEIR_PLUGIN_OPEN_SYMBOL
                  ": one of its sources must contain WEIR_PLUGIN(...)");
  }
  const auto open = reinterpret_cast<weir_plugin_open_function>(symbol);

  weir_host host{};
  host.struct_size = sizeof(host);
  host.abi_major = WEIR_ABI_MAJOR;
  host.abi_minor = WEIR_ABI_MINOR;
  host.service = &no_service;
  weir_error error{};
  error.struct_size = sizeof(error);
  error.row = WEIR_NO_ROW;
  const weir_plugin* const plugin = open(&host, &error);
  if (plugin == nullptr) return report(library, std::string(error.message, error.message_size));

  std::ofstream file(output, std::ios::binary);
  file << WEIR_MANIFEST_MAGIC << weir::manifest::render(*plugin);
  file.close();
  return file ? 0 : report(output, "cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: weir-manifest LIBRARY FILE\n";
    return 2;
  }
  return write_manifest(argv[1], argv[2]);
}
