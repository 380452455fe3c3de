# Compiles through ccache where it is installed; a launcher given on the command line wins.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${WEIR_CCACHE} CACHE STRING "")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${WEIR_CCACHE} CACHE STRING "")
endif()
