# Compiles through ccache where it is installed, in a way that several checkouts share results: no
# absolute path of this one gets into what is compared. A launcher given on the command line wins.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  set(weir_launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${WEIR_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${weir_launcher} CACHE STRING "")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${weir_launcher} CACHE STRING "")
endif()
