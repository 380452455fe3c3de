#include "steps.h"

WEIR_CLASSROOM("2.0.0", classroom_versions::Rules2_0)
