#include "shaky.h"

WEIR_CLASSROOM("1.2.0", classroom_versions::Rules1_2)
