# Every library from outside, as a target weir_third::NAME. A folder names the ones it wraps in
# LINKS; nothing else sees them.
#
# The program takes archives wherever Debian has one, so that no plugin can bind to the host's
# copy. Shared by necessity: sasl2 (loads its mechanisms itself), simdjson, prometheus and
# benchmark (no archive in Debian).

# weir_archive(NAME ARCHIVE... [INCLUDE HEADER] [HINTS FOLDER] [LINKS TARGET...])
# Defines weir_third::NAME from the first static archive; the others follow it on the link line.
function(weir_archive name)
  cmake_parse_arguments(arg "" "INCLUDE;HINTS" "LINKS" ${ARGN})
  list(POP_FRONT arg_UNPARSED_ARGUMENTS first)
  find_library(WEIR_ARCHIVE_${first} lib${first}.a REQUIRED HINTS ${arg_HINTS}/lib)
  add_library(weir_third_${name} STATIC IMPORTED GLOBAL)
  add_library(weir_third::${name} ALIAS weir_third_${name})
  set_target_properties(weir_third_${name} PROPERTIES IMPORTED_LOCATION ${WEIR_ARCHIVE_${first}})
  foreach(archive IN LISTS arg_UNPARSED_ARGUMENTS)
    find_library(WEIR_ARCHIVE_${archive} lib${archive}.a REQUIRED)
    target_link_libraries(weir_third_${name} INTERFACE ${WEIR_ARCHIVE_${archive}})
  endforeach()
  target_link_libraries(weir_third_${name} INTERFACE ${arg_LINKS})
  if(arg_INCLUDE)
    find_path(WEIR_INCLUDE_${name} ${arg_INCLUDE} REQUIRED HINTS ${arg_HINTS}/include)
    target_include_directories(weir_third_${name} SYSTEM INTERFACE ${WEIR_INCLUDE_${name}})
  endif()
endfunction()

# weir_third_party(NAME TARGET...): weir_third::NAME stands for the targets of a found package.
function(weir_third_party name)
  add_library(weir_third_${name} INTERFACE)
  add_library(weir_third::${name} ALIAS weir_third_${name})
  target_link_libraries(weir_third_${name} INTERFACE ${ARGN})
endfunction()

if(DEFINED ENV{WEIR_CACHE})
  set(weir_cache $ENV{WEIR_CACHE})
else()
  set(weir_cache $ENV{HOME}/.cache/weir)
endif()
if(NOT EXISTS ${weir_cache}/librdkafka/version)
  message(FATAL_ERROR "librdkafka is not in ${weir_cache}: run tools/setup first")
endif()

find_package(Threads REQUIRED)
set(weir_system Threads::Threads ${CMAKE_DL_LIBS} m)

weir_archive(rdkafka rdkafka zstd lz4 ssl crypto z INCLUDE librdkafka/rdkafka.h
  HINTS ${weir_cache}/librdkafka LINKS sasl2 ${weir_system})
weir_archive(rocksdb rocksdb snappy gflags bz2 lz4 zstd z INCLUDE rocksdb/db.h LINKS ${weir_system})

# Of OpenSSL, which librdkafka brings in anyway.
weir_archive(crypto crypto INCLUDE openssl/evp.h LINKS ${weir_system})

# Compiled in where it is used: the archive would clash with the copy inside librdkafka's.
add_library(weir_third_xxhash INTERFACE)
add_library(weir_third::xxhash ALIAS weir_third_xxhash)
target_compile_definitions(weir_third_xxhash INTERFACE XXH_INLINE_ALL)

weir_archive(gtest gtest INCLUDE gtest/gtest.h LINKS Threads::Threads)
weir_archive(gmock_main gmock_main gmock gtest INCLUDE gmock/gmock.h LINKS Threads::Threads)

find_package(Boost 1.81 REQUIRED COMPONENTS headers program_options)
weir_third_party(boost Boost::headers)
weir_archive(boost_program_options boost_program_options LINKS Boost::headers)
weir_archive(boost_json boost_json LINKS Boost::headers)

find_package(fmt REQUIRED)
weir_third_party(fmt fmt::fmt-header-only)

# Not the package's own target, which links the shared fmt.
find_path(WEIR_INCLUDE_spdlog spdlog/spdlog.h REQUIRED)
weir_third_party(spdlog fmt::fmt-header-only)
target_compile_definitions(weir_third_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)

# Headers only: the library in Debian is shared and throws.
find_path(WEIR_INCLUDE_tomlplusplus toml++/toml.h REQUIRED)
weir_third_party(tomlplusplus)
target_include_directories(weir_third_tomlplusplus SYSTEM INTERFACE ${WEIR_INCLUDE_tomlplusplus})
target_compile_definitions(weir_third_tomlplusplus INTERFACE
  TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=0 TOML_ENABLE_FORMATTERS=0)
find_package(simdjson REQUIRED)
weir_third_party(simdjson simdjson::simdjson)
find_package(prometheus-cpp REQUIRED)
weir_third_party(prometheus prometheus-cpp::core)
find_package(benchmark REQUIRED)
weir_third_party(benchmark benchmark::benchmark)
find_package(rapidcheck REQUIRED)
weir_third_party(rapidcheck rapidcheck)
