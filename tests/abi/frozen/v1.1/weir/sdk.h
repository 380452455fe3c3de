// The C++ layer of Weir's SDK: everything a plugin needs. Header-only; see sdk/README.md.
#pragma once

#include <weir/cpp/plugin.h>
