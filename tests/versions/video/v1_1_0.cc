#include "viewers.h"

WEIR_VIDEO("1.1.0", video_versions::Rules1_1)
