# How folders become targets. A folder's CMakeLists.txt is one call of one of these.

# What our own code is compiled with, beside the flags of the preset.
add_library(weir_flags INTERFACE)
target_compile_options(weir_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wundef -fvisibility=hidden
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -fvisibility-inlines-hidden>
  # It takes what the sanitizers insert for uses of members that have no value yet.
  $<$<AND:$<CONFIG:Debug>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)

# A program exports nothing: a plugin must not find the host's symbols, its archives included.
add_library(weir_program_flags INTERFACE)
target_link_options(weir_program_flags INTERFACE -Wl,--exclude-libs,ALL -Wl,--gc-sections)

# weir_library(state SOURCES changelog.cc ... DEPS model base LINKS weir_third::rocksdb)
# One folder of runtime/, one library. DEPS is also the list of folders it may include; LINKS
# are the outside libraries it wraps, private to it. Without SOURCES it is headers only.
# A nested folder joins its names: runtime/connectors/kafka is connectors_kafka.
function(weir_library name)
  weir_declare_library(${name} ${PROJECT_SOURCE_DIR}/runtime ${ARGN})
endfunction()

# weir_test_library(fakes SOURCES ... DEPS ... LINKS ...): one folder of tests/ that others use.
function(weir_test_library name)
  weir_declare_library(${name} ${PROJECT_SOURCE_DIR}/tests ${ARGN})
endfunction()

function(weir_declare_library name include_root)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LINKS" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND weir::)
  set(visible PUBLIC)
  if(arg_SOURCES)
    add_library(weir_${name} STATIC ${arg_SOURCES})
    target_link_libraries(weir_${name} PRIVATE weir_flags ${arg_LINKS})
    # Or the program holds, and exports, copies of variables of the shared libraries it uses.
    set_target_properties(weir_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  else()
    set(visible INTERFACE)
    add_library(weir_${name} INTERFACE)
    target_link_libraries(weir_${name} INTERFACE ${arg_LINKS})
  endif()
  add_library(weir::${name} ALIAS weir_${name})
  target_include_directories(weir_${name} ${visible} ${include_root})
  target_link_libraries(weir_${name} ${visible} ${arg_DEPS})
endfunction()

# weir_program(weir SOURCES main.cc ... DEPS host LINKS ...): build/<preset>/bin/NAME.
function(weir_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LINKS" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND weir::)
  add_executable(weir_program_${name} ${arg_SOURCES})
  set_target_properties(weir_program_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  target_link_libraries(weir_program_${name} PRIVATE
    weir_flags weir_program_flags ${arg_DEPS} ${arg_LINKS})
endfunction()

# weir_test(flow SOURCES channel_test.cc ... DEPS flow fakes LINKS ... LABELS unit)
# One folder of tests/, one program, one entry of ctest; LABELS is unit when not given, and holds
# threads beside it where threads meet. Target tests_LABEL builds all programs of a label.
function(weir_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LINKS;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  list(TRANSFORM arg_DEPS PREPEND weir::)
  add_executable(weir_test_${name} ${arg_SOURCES})
  set_target_properties(weir_test_${name} PROPERTIES
    OUTPUT_NAME ${name}_test RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_include_directories(weir_test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(weir_test_${name} PRIVATE
    weir_flags ${arg_DEPS} ${arg_LINKS} weir_third::gmock_main)
  add_test(NAME ${name} COMMAND weir_test_${name})
  weir_label_test(${name} weir_test_${name} ${arg_LABELS})
  if(arg_TIMEOUT)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
  endif()
endfunction()

# weir_script_test(build SCRIPT program_test.py ARGUMENTS ... TARGETS ... LABELS abi TIMEOUT 900)
# A test in Python. TARGETS are built before it runs; LABELS is unit when not given.
find_program(WEIR_PYTHON python3 REQUIRED)
function(weir_script_test name)
  cmake_parse_arguments(arg "" "SCRIPT;TIMEOUT" "ARGUMENTS;TARGETS;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_test(NAME ${name}
    COMMAND ${WEIR_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT} ${arg_ARGUMENTS})
  weir_label_test(${name} "${arg_TARGETS}" ${arg_LABELS})
  if(arg_TIMEOUT)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
  endif()
endfunction()

# weir_label_test(NAME TARGETS LABEL...): gives a test of ctest its labels, and tests_LABEL the
# targets (a list, possibly empty) that must be built before it runs.
function(weir_label_test name targets)
  set_tests_properties(${name} PROPERTIES LABELS "${ARGN}" TIMEOUT 300)
  foreach(label IN LISTS ARGN)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    if(targets)
      add_dependencies(tests_${label} ${targets})
    endif()
  endforeach()
endfunction()
