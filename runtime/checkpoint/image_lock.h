#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace weir {

// The other process that holds the image in `folder` open, when there is one. Never asked of an
// image that this process has open: that would unlock it.
std::optional<pid_t> image_holder(const std::filesystem::path& folder);

}  // namespace weir
