// What a stored version looks like to people and to programs.
#pragma once

#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

#include "registry/stored_version.h"

namespace weir {

// "2.1 MiB".
std::string bytes_text(std::uint64_t bytes);

// All bytes of its files.
std::uint64_t size_of(const StoredVersion& version);

// "classroom 1.4.0".
std::string name_of(const StoredVersion& version);

boost::json::object version_json(const StoredVersion& version);

}  // namespace weir
