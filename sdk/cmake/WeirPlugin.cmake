# weir_plugin(NAME SOURCES file.cc ... [LINKS target ...] [OUTPUT_DIRECTORY folder])
#
# Builds a plugin of Weir: libNAME.so with everything hidden but its one entry, everything bound
# when it is loaded, and its manifest inside. It stands in plugins/ of the build folder unless
# OUTPUT_DIRECTORY says otherwise. LINKS should be archives: they become part of the plugin, and
# none of their symbols shows.
function(weir_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY" "SOURCES;LINKS")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "weir_plugin(${name}): SOURCES is missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_plugin(${name}): unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)

  add_library(${name} MODULE ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX lib SUFFIX .so LINK_DEPENDS ${map}
    LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT_DIRECTORY})
  target_link_libraries(${name} PRIVATE weir::sdk ${arg_LINKS})
  target_compile_options(${name} PRIVATE
    -fPIC -fvisibility=hidden -ftls-model=global-dynamic
    $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE
    -Wl,--version-script=${map} -Wl,--exclude-libs,ALL -Wl,-z,now -Wl,-z,relro -Wl,--as-needed
    -Wl,--build-id)
  weir_plugin_has_open_symbols(may_be_open)
  if(NOT may_be_open)
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  weir_plugin_manifest(${name})
endfunction()

# Writes the manifest of a plugin into its file as soon as it is linked.
function(weir_plugin_manifest name)
  set(manifest $<TARGET_FILE_DIR:${name}>/lib${name}.manifest)
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND weir-manifest $<TARGET_FILE:${name}> ${manifest}
    COMMAND ${CMAKE_OBJCOPY} --add-section .weir.manifest=${manifest}
            --set-section-flags .weir.manifest=noload,readonly $<TARGET_FILE:${name}>
    COMMAND ${CMAKE_COMMAND} -E rm ${manifest}
    COMMENT "Adding the manifest of plugin ${name}"
    VERBATIM)
  add_dependencies(${name} weir-manifest)
endfunction()

# Whether symbols of a plugin may be found only in the program that loads it: those of a sanitizer
# of clang, which is not linked into libraries.
function(weir_plugin_has_open_symbols result)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  set(${result} OFF PARENT_SCOPE)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang AND flags MATCHES -fsanitize)
    set(${result} ON PARENT_SCOPE)
  endif()
endfunction()
