# weir_plugin(NAME SOURCES file.cc ... [LINKS target ...] [OUTPUT_DIRECTORY folder])
#
# Builds plugins/libNAME.so in the build folder, unless OUTPUT_DIRECTORY says otherwise: a plugin of Weir: everything hidden but its one entry, everything bound when it
# is loaded, its manifest inside. LINKS are linked in statically where there is an archive; none of
# their symbols shows.

function(weir_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY" "SOURCES;LINKS")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_plugin(${name}): needs SOURCES, does not know: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE weir::sdk ${arg_LINKS})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE -fPIC -fvisibility=hidden
    $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique> -ftls-model=global-dynamic)
  # A sanitizer of clang lives in the program that loads the plugin, so its symbols stay open.
  set(defined -Wl,-z,defs)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang AND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_DEBUG}" MATCHES -fsanitize)
    set(defined "")
  endif()
  target_link_options(${name} PRIVATE -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map
    -Wl,--exclude-libs,ALL -Wl,-z,now -Wl,-z,relro ${defined} -Wl,--as-needed -Wl,--build-id)
  set_target_properties(${name} PROPERTIES PREFIX lib SUFFIX .so
    LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT_DIRECTORY} LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
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
