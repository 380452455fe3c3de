#pragma once

namespace weir {

// What `weir` ends with; part of its interface, described by `weir help exit-codes`.
enum class ExitCode : int {
  Success = 0,
  Refused = 1,      // Mistakes in a jobs file, a failed job, a plugin that is no good.
  Usage = 2,        // The command line itself is wrong.
  Unavailable = 3,  // A file that cannot be read, a host that does not answer.
  Work = 4,         // There is something to do, of those that say so.
};

}  // namespace weir
