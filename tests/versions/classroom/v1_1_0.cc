#include "parallel.h"

WEIR_CLASSROOM("1.1.0", classroom_versions::Rules1_1)
