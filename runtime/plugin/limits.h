// How much a plugin may describe. Far beyond any honest plugin; what is larger is refused before
// anything is allocated for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::limits {

inline constexpr std::size_t kJobsMax = 256;
inline constexpr std::size_t kConnectorsMax = 256;
inline constexpr std::size_t kOperatorsMax = 1024;
inline constexpr std::size_t kInputsMax = 256;
inline constexpr std::size_t kParametersMax = 256;
inline constexpr std::size_t kPoolsMax = 64;
inline constexpr std::size_t kFieldsMax = 1024;
inline constexpr std::size_t kKeyFieldsMax = 16;
inline constexpr std::size_t kEnumeratorsMax = 4096;
inline constexpr std::size_t kMigrationsMax = 64;
inline constexpr std::size_t kRecordDepthMax = 8;
inline constexpr std::size_t kRecordBytesMax = 64 * 1024;
inline constexpr std::size_t kNameBytesMax = 128;
inline constexpr std::size_t kDocBytesMax = 16 * 1024;
inline constexpr std::size_t kManifestBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kPluginFileBytesMax = std::size_t{1} << 30;
inline constexpr std::size_t kSplitsMax = 65'536;
inline constexpr std::int64_t kDurationMax = std::int64_t{100} * 366 * 24 * 3'600'000;  // ms
inline constexpr std::int64_t kWindowsPerRowMax = 1'000'000;

}  // namespace weir::limits
