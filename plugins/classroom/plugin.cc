#include <weir/sdk.h>

#include "courseware.h"
#include "enter.h"

WEIR_PLUGIN("classroom", "1.0.0") {
  job("enter", classroom::define_enter, "did the user get into the lesson, and who is to blame if not");
  job("courseware", classroom::define_courseware, "does the student see what the teacher does");
}
