#include <weir/sdk.h>

#include "courseware.h"
#include "enter.h"

WEIR_PLUGIN("classroom", "1.0.0") {
  job("enter", classroom::define_enter);
  job("courseware", classroom::define_courseware);
}
