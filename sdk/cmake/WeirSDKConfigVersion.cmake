# find_package(WeirSDK 1.0): any later minor of the same major will do. The version is that of the
# ABI.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/weir/abi.h weir_version_lines
  REGEX "^#define WEIR_ABI_(MAJOR|MINOR) ")
string(REGEX REPLACE ".*MAJOR ([0-9]+)u.*MINOR ([0-9]+)u.*" "\\1.\\2"
  PACKAGE_VERSION "${weir_version_lines}")

string(REGEX MATCH "^[0-9]+" weir_major "${PACKAGE_VERSION}")
set(PACKAGE_VERSION_COMPATIBLE FALSE)
if(PACKAGE_FIND_VERSION_MAJOR EQUAL weir_major
   AND NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
unset(weir_version_lines)
unset(weir_major)
