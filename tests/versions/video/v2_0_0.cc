#include "views.h"

WEIR_VIDEO("2.0.0", video_versions::Rules2_0)
