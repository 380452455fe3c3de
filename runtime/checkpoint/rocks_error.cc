#include "checkpoint/rocks_error.h"

namespace weir {

Error error_of(const rocksdb::Status& status) {
  ErrorKind kind = ErrorKind::Unavailable;
  if (status.IsCorruption()) kind = ErrorKind::Corrupt;
  if (status.IsNotSupported() || status.IsInvalidArgument()) kind = ErrorKind::Incompatible;
  return {kind, status.ToString()};
}

}  // namespace weir
