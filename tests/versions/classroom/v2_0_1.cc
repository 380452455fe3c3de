#include "steps.h"

namespace classroom_versions::v2_0 {

// As 1.2 would have gone on from 1.0 or 1.1.
EnterAttempt from_first(const classroom::EnterAttempt& first) {
  v1_2::EnterAttempt before;
  fields_of_first(before) = fields_of_first(first);
  return from_bits(before);
}
WEIR_MIGRATE(EnterAttempt, from_first, from_bits)

}  // namespace classroom_versions::v2_0

namespace {

// 2.0.1: 2.0 that says how the states of before become its own.
struct Rules2_0_1 : classroom_versions::Rules2_0 {
  static constexpr const char* kName = "2.0.1";
};

}  // namespace

WEIR_CLASSROOM("2.0.1", Rules2_0_1)
