#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/connector.h"
#include "connectors/kafka/handles.h"

namespace weir::kafka {

enum class Role { Consumer, Producer };

using Properties = std::map<std::string, std::string, std::less<>>;

// What is wrong with one property of a cluster, or with all together when `name` is empty. Values
// of names the client does not know are not shown: a misspelt one may hold a secret.
struct PropertyMistake {
  std::string name;
  std::string found;
  std::string expected;
  bool is_unknown = false;  // There is no such property.
};

// All there are, Weir's own included.
std::vector<std::string> property_names();

// All that is wrong with `[kafka.NAME.properties]` for a client of this role that has `own` over
// them: names and values the client refuses, names that Weir sets itself, combinations and files
// that do not work. Opens no connection.
std::vector<PropertyMistake> check_properties(Role role,
                                              const ClusterSpec& cluster,
                                              const Properties& own = {});

// A client's configuration: Weir's tuned defaults, over them the cluster's properties, over them
// `own`.
Result<Handle<rd_kafka_conf_t>> make_configuration(Role role,
                                                   const ClusterSpec& cluster,
                                                   const Properties& own);

}  // namespace weir::kafka
