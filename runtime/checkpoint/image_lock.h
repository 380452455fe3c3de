#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include <sys/types.h>

#include "base/result.h"

namespace weir {

// The other process that holds the image in `folder` open, when there is one. Never asked of an
// image that this process has open: that would unlock it.
std::optional<pid_t> image_holder(const std::filesystem::path& folder);

// Holds an image that nobody has open, as a process that has it open does.
class HeldImage final {
 public:
  // Unavailable: names who has it.
  static Result<HeldImage> hold(const std::filesystem::path& folder);
  HeldImage(HeldImage&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  HeldImage& operator=(HeldImage&&) = delete;
  ~HeldImage();

 private:
  explicit HeldImage(int file) : file_(file) {}
  int file_;
};

}  // namespace weir
