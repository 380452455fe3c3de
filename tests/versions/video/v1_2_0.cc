#include "finished.h"

WEIR_VIDEO("1.2.0", video_versions::Rules1_2)
