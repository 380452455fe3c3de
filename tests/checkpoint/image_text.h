// Images as tests write and read them: of one operator, "sums".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "checkpoint/state_image.h"

namespace weir {

// Of owner host/1/2.3. Positions: split topic/0 of source "in" stands at ten times the epoch.
EpochDelta epoch_of(std::uint64_t epoch, StateDelta delta);

// "section/group/key" → value.
std::map<std::string, std::string> entries_of(const StateImage& image);

// The image of job "clicks"; a failure of the test when it does not open.
std::unique_ptr<StateImage> open_clicks(const std::string& folder);

}  // namespace weir
