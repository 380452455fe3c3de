#include "visits.h"

WEIR_PLUGIN("@name@", "0.1.0") {
  doc("how often the pages of a site are visited");
  job("visits", count_visits);
}
