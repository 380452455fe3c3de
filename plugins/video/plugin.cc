#include <weir/sdk.h>

#include "consumption.h"

WEIR_PLUGIN("video", "1.0.0") {
  job("consumption", video::define_consumption);
}
